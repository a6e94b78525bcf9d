//! Templates of the operator's.

use std::{error::Error as _, fs, path::Path};

use adapters_mail::{MailSetupError, TemplateError};
use application::ports::Channel as _;
use domain::{
    language::Language,
    message::{Person, TicketFacts},
    retry::{Fault, Outcome},
};
use tempfile::TempDir;

use crate::desk::{Desk, ana, in_spanish, opened, settings_with_templates, ticket, welcome};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("there is room for a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder"))
            .expect("there is room for a folder");
        fs::write(path, text).expect("there is room for a file");
    }
    folder
}

fn desk(files: &[(&str, &str)]) -> Desk {
    Desk::open(settings_with_templates(folder(files).path()))
}

fn refusal(folder: &Path) -> TemplateError {
    match Desk::try_open(settings_with_templates(folder)).err() {
        Some(MailSetupError::Template(error)) => error,
        other => panic!("the templates should be refused: {other:?}"),
    }
}

#[tokio::test]
async fn one_file_takes_the_place_of_a_shipped_one() {
    let desk = desk(&[("en/welcome.txt", "Hi {{ name or 'friend' }}! {{ sender }}"), (".git", "hidden")]);
    let mail = desk.captured(&welcome(ana())).await;
    assert_eq!(mail.text.trim_end(), "Hi Ana García! Frontdesk");
    assert_eq!(mail.subject, "Welcome, Ana García!");
    let spanish = desk.captured(&welcome(Person { language: in_spanish(), ..ana() })).await;
    assert!(spanish.text.starts_with("Hola, Ana García:"), "{}", spanish.text);
}

#[tokio::test]
async fn the_frame_of_all_mails_can_be_changed_alone() {
    let desk = desk(&[("layout.html", "<main>{% block content %}{% endblock %}</main>")]);
    for message in [welcome(ana()), opened(ticket(), Some(ana()))] {
        let mail = desk.captured(&message).await;
        assert!(mail.html.starts_with("<main>") && mail.html.contains("Ana García"), "{}", mail.html);
    }
}

#[tokio::test]
async fn a_language_is_added_by_files_only() {
    let desk = desk(&[
        ("de/welcome.subject.txt", "Willkommen!"),
        ("de/welcome.txt", "Schön, dass Sie da sind."),
        ("de/welcome.html", "<p>Schön, dass Sie da sind.</p>"),
    ]);
    let german = Language::parse("de").expect("a language");
    let mail = desk.captured(&welcome(Person { language: german.clone(), ..ana() })).await;
    assert_eq!((mail.subject.as_str(), mail.text.trim_end()), ("Willkommen!", "Schön, dass Sie da sind."));
    let ticket = TicketFacts { team_language: german, ..ticket() };
    let mail = desk.captured(&opened(ticket, None)).await;
    assert!(mail.subject.contains("new ticket"), "a mail that it lacks is in English: {}", mail.subject);
}

#[test]
fn a_mistake_is_found_at_the_start_with_file_and_line() {
    for (name, text, wrong_line, reason) in [
        ("en/welcome.txt", "Hello\n{% if name %}", 2, "unexpected end of input"),
        ("es/welcome.html", "Hola\n\n{{ nmae }}", 3, "undefined value"),
        ("en/ticket_opened.subject.txt", "{{ reference|shout }}", 1, "unknown filter"),
        ("en/welcome.subject.txt", "Hello\n{{ name }}", 2, "without asking whether it is known"),
        ("en/ticket_opened.txt", "{{ person.name or 'somebody' }}", 1, "undefined value"),
        ("layout.html", "<p>\n{{ oops }}\n{% block content %}{% endblock %}", 2, "undefined value"),
    ] {
        let folder = folder(&[(name, text)]);
        let error = refusal(folder.path());
        let source = error.source().map(ToString::to_string).unwrap_or_default();
        let TemplateError::Broken { file, line, .. } = &error else { panic!("{error:?}") };
        assert_eq!((Path::new(file), *line), (folder.path().join(name).as_path(), wrong_line), "{source}");
        assert!(source.contains(reason), "{name}: {source}");
        let told = error.to_string();
        assert!(told.contains(name) && told.contains(&format!("line {wrong_line}")), "{told}");
    }
}

#[tokio::test]
async fn a_template_that_fails_for_one_mail_only_is_waited_for() {
    let unlucky = "{% if name == 'Ana García' %}{{ name|int }}{% endif %}";
    let receipt = desk(&[("en/welcome.txt", unlucky)]).mail.deliver(&welcome(ana())).await;
    assert_eq!(receipt.outcome, Outcome::Temporary { fault: Fault::Recipient, retry_after: None });
    let answer = receipt.answer.expect("a failure is explained");
    assert!(answer.contains("en/welcome.txt") && !answer.contains("Ana"), "{answer}");
}

#[test]
fn a_file_that_nobody_would_read_is_named() {
    for (name, expected) in [
        ("en/welcom.txt", "welcome.subject.txt"),
        ("en/old/welcome.txt", "welcome.subject.txt"),
        ("welcome.txt", "layout.html"),
    ] {
        let error = refusal(folder(&[(name, "Hello")]).path());
        assert!(
            matches!(&error, TemplateError::Unexpected { expected: told, .. } if *told == expected),
            "{error:?}"
        );
    }
    for name in ["Deutsch/welcome.txt", "EN/welcome.txt", "pt-BR/welcome.txt"] {
        let error = refusal(folder(&[(name, "Hello")]).path());
        assert!(matches!(error, TemplateError::Language { .. }), "{error:?}");
    }
}

#[test]
fn a_language_that_lacks_a_part_is_named() {
    let error = refusal(folder(&[("de/welcome.txt", "Hallo"), ("de/welcome.html", "Hallo")]).path());
    assert!(
        matches!(&error, TemplateError::Missing { name } if name == "de/welcome.subject.txt"),
        "{error:?}"
    );
}

#[test]
fn a_folder_that_cannot_be_read_is_named() {
    let error = refusal(Path::new("no/such/folder"));
    assert!(
        matches!(&error, TemplateError::Unreadable { path, .. } if path.ends_with("folder")),
        "{error:?}"
    );
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("en")).unwrap();
    fs::write(folder.path().join("en/welcome.txt"), b"\xff").unwrap();
    assert!(
        matches!(refusal(folder.path()), TemplateError::Unreadable { path, .. } if path.ends_with("welcome.txt"))
    );
}
