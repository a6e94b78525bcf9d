//! Settings as a process meets them: a real environment, real files, exit codes.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// Runs the program in a folder, with nothing in its environment but these.
fn run(folder: &TempDir, environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.args(arguments).current_dir(folder.path()).env_clear().envs(environment.iter().copied());
    command.output().expect("the program runs")
}

fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// Value and source of a setting, as `frontdesk config` shows them.
fn shown(output: &Output, name: &str) -> Vec<String> {
    let text = stdout(output);
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(name)).expect(name).to_owned();
    line.split_whitespace().skip(1).map(str::to_owned).collect()
}

#[test]
fn config_shows_what_is_in_force_and_where_from() {
    let folder = folder_with(&[
        (".env", "FRONTDESK__INTAKE__RATE_LIMIT=2\nFRONTDESK__WELCOME__DELAY=20s\n"),
        ("frontdesk.toml", "[intake]\nrate_limit = 3\nreplay_window = \"5m\"\n"),
    ]);
    let output = run(&folder, &[("FRONTDESK__WELCOME__DELAY", "10s")], &["config"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(shown(&output, "FRONTDESK__WELCOME__DELAY"), ["10s", "environment"]);
    assert_eq!(shown(&output, "FRONTDESK__INTAKE__RATE_LIMIT"), ["2", ".env"]);
    assert_eq!(shown(&output, "FRONTDESK__INTAKE__REPLAY_WINDOW"), ["5m", "file"]);
    assert_eq!(shown(&output, "FRONTDESK__HTTP__BIND"), ["127.0.0.1:8080", "default"]);
}

#[test]
fn no_secret_is_shown() {
    let secrets = [
        ("SMTP_URL", "smtps://robot:hunter2@mail.example.com:465"),
        ("SLACK_SALES_WEBHOOK_URL", "https://hooks.example.com/hunter2"),
        ("LANDBOT_API_TOKEN", "hunter2"),
        ("FRONTDESK__SECRET_KEY", "hunter2-hunter2-hunter2-hunter2-hunter2"),
        ("FRONTDESK__WATCHDOG__WEBHOOK_URL", "https://hooks.example.com/hunter2"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hunter2"),
    ];
    for arguments in [&["config"][..], &["config", "--json"]] {
        let output = run(&folder_with(&[]), &secrets, arguments);
        assert!(output.status.success() && stdout(&output).contains("********"), "{output:?}");
        assert!(!stdout(&output).contains("hunter2") && !stderr(&output).contains("hunter2"), "{output:?}");
    }
}

#[test]
fn every_command_refuses_unknown_and_malformed_settings_with_exit_code_2() {
    let wrong = [("FRONTDESK__WELCOM__DELAY", "60s"), ("FRONTDESK__INTAKE__RATE_LIMIT", "many")];
    for arguments in [&[][..], &["serve"], &["bot", "list"], &["migrate", "status"], &["config"], &["doctor"]]
    {
        let output = run(&folder_with(&[]), &wrong, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        let said = stderr(&output);
        assert!(
            said.contains("FRONTDESK__WELCOM__DELAY") && said.contains("FRONTDESK__INTAKE__RATE_LIMIT"),
            "{said}"
        );
    }
}

#[test]
fn processes_that_share_a_database_have_to_share_a_key() {
    let url = "postgres://desk:hunter2@127.0.0.1:1/desk";
    let output = run(&folder_with(&[]), &[("DATABASE_URL", url)], &["serve"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = stderr(&output);
    assert!(said.contains("FRONTDESK__SECRET_KEY") && !said.contains("hunter2"), "{said}");
}

#[test]
fn a_file_that_is_no_database_is_a_wrong_setting() {
    let folder = folder_with(&[("notes.txt", &"no database\n".repeat(100))]);
    let output = run(&folder, &[("DATABASE_URL", "sqlite://notes.txt")], &["bot", "list"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("notes.txt"), "{output:?}");
}

#[test]
fn a_broken_template_is_a_wrong_setting() {
    let folder = folder_with(&[]);
    fs::create_dir_all(folder.path().join("mails/en")).expect("folders");
    fs::write(folder.path().join("mails/en/welcome.txt"), "Hi {{ nobody_knows }}").expect("a file");
    let set = [("FRONTDESK__MAIL__TEMPLATES", "mails"), ("FRONTDESK__HTTP__BIND", "127.0.0.1:0")];
    let output = run(&folder, &set, &["serve"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("welcome.txt"), "{output:?}");
}

#[test]
fn a_role_that_an_embedded_database_does_not_allow_is_wrong_usage() {
    let output = run(&folder_with(&[]), &[], &["serve", "--role", "worker"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn the_settings_of_what_is_deployed_can_be_used() {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    for name in
        ["production.env", "kubernetes/base/settings.env", "kubernetes/overlays/production/settings.env"]
    {
        let text = fs::read_to_string(deploy.join(name)).expect(name);
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pairs: Vec<_> = lines.filter_map(|line| line.split_once('=')).collect();
        let mut environment: Vec<_> =
            pairs.iter().map(|&(name, value)| (name, value.trim_matches('\''))).collect();
        assert!(!environment.is_empty(), "{name}");
        // What secrets bring beside it.
        environment.push(("SMTP_URL", "smtp://mail.desk.example"));
        let output = run(&folder_with(&[]), &environment, &["config"]);
        assert!(output.status.success(), "{name}: {output:?}");
    }
}

#[test]
fn the_example_is_printed_for_those_who_have_only_the_program() {
    let output = run(&folder_with(&[]), &[], &["config", "--example"]);
    assert_eq!(stdout(&output), include_str!("../../../.env.example"));
}
