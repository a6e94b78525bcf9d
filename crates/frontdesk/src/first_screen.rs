//! What a start shows to whoever started it.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use application::{
    bots::{AddBot, NewBot},
    ports::consult,
    staff::{FIRST_ADMIN_LINK_LIFETIME, OfferFirstAdmin},
};
use domain::{bot::Secret, language::Language};

use crate::{serve::Role, settings::Settings, wiring::App};

/// The name of the bot that the first start on a terminal makes.
const FIRST_BOT: &str = "first-bot";

/// What the screen says.
#[derive(Debug)]
pub struct FirstScreen<'a> {
    /// How the program was called, for commands to paste.
    pub program: &'a str,
    /// The settings in force.
    pub settings: &'a Settings,
    /// How far the database is.
    pub start: Start<'a>,
    /// Who can sign in.
    pub admin: FirstAdmin<'a>,
}

/// Who can sign in to the panel.
#[derive(Debug)]
pub enum FirstAdmin<'a> {
    /// Somebody.
    Exists,
    /// Whoever opens the link that ends in this.
    ByLink(&'a str),
    /// Nobody, and nobody is there to see a link.
    ByCommand,
}

/// How far the database is.
#[derive(Debug)]
pub enum Start<'a> {
    /// It is empty, and a first bot was made, with this key.
    WithFirstBot(&'a str),
    /// It is empty, and nobody is there to see a key.
    WithoutBot,
    /// There are bots.
    Again,
}

/// Shows the screen. On an empty database and a terminal it makes a first bot and shows its key; elsewhere a key would
/// end in a log. The same holds for the link that makes the first admin, which a process without a panel has not either.
pub async fn show(settings: &Settings, app: &App, role: Role, is_terminal: bool) -> anyhow::Result<()> {
    let is_new = consult(&*app.storage, async |snapshot| snapshot.bots().all().await).await?.is_empty();
    let key = if is_new && is_terminal { Some(add_first_bot(app).await?) } else { None };
    let start = match &key {
        Some(key) => Start::WithFirstBot(key.reveal()),
        None if is_new => Start::WithoutBot,
        None => Start::Again,
    };
    let has_staff = !consult(&*app.storage, async |snapshot| snapshot.agents().all().await).await?.is_empty();
    let link = if is_terminal && role.takes_calls() { offer_first_admin(app).await? } else { None };
    let admin = match &link {
        Some(link) => FirstAdmin::ByLink(link.reveal()),
        None if has_staff => FirstAdmin::Exists,
        None => FirstAdmin::ByCommand,
    };
    let program = std::env::args().next().unwrap_or_else(|| "frontdesk".to_owned());
    let screen = screen(&FirstScreen { program: &program, settings, start, admin });
    io::stdout().write_all(screen.as_bytes())?;
    Ok(())
}

async fn offer_first_admin(app: &App) -> anyhow::Result<Option<Secret>> {
    let offer = OfferFirstAdmin {
        storage: app.storage.clone(),
        clock: app.clock.clone(),
        entropy: app.entropy.clone(),
        link: app.first_admin.clone(),
    };
    Ok(offer.execute().await?)
}

async fn add_first_bot(app: &App) -> anyhow::Result<Secret> {
    let add = AddBot {
        audit: app.audit(),
        storage: app.storage.clone(),
        clock: app.clock.clone(),
        ids: app.ids.clone(),
        entropy: app.entropy.clone(),
    };
    let new = NewBot {
        name: FIRST_BOT.to_owned(),
        default_origin: None,
        default_language: Language::default(),
        default_country: None,
    };
    Ok(add.execute(new).await?)
}

/// The text of the screen.
pub fn screen(first: &FirstScreen<'_>) -> String {
    let FirstScreen { program, settings, start, admin } = first;
    let mut screen = places(settings);
    screen += &first_admin(program, settings, admin);
    match start {
        Start::WithFirstBot(key) => {
            let call = curl(&settings.http.local_url(), key);
            line(
                &mut screen,
                &format!(
                    "\nA first bot was made, named {FIRST_BOT}. Its key is shown only now:\n\n  {key}\n"
                ),
            );
            line(&mut screen, &format!("Play the bot (in another terminal):\n\n{call}\n"));
            line(&mut screen, &hints(program, settings));
            screen += &for_production(program, settings);
        }
        Start::WithoutBot => {
            line(
                &mut screen,
                &format!("\nNo bot may call yet. This command makes one:\n\n  {program} bot add NAME\n"),
            );
            screen += &for_production(program, settings);
        }
        Start::Again => {}
    }
    screen
}

/// A call that registers a person, ready to be pasted into a shell.
pub fn curl(url: &str, key: &str) -> String {
    format!(
        "  curl {url}/bot/v1/users \\\n    -H 'Authorization: Bearer {key}' \\\n    \
         -d '{{\"name\": \"Ana\", \"email\": \"ana@example.com\", \"origin\": \"try-out\"}}'"
    )
}

fn line(screen: &mut String, text: &str) {
    writeln!(screen, "{text}").expect("writing to a text never fails");
}

fn places(settings: &Settings) -> String {
    let url = settings.http.bots_url();
    let mail = match &settings.mail.smtp_shown {
        Some(server) => format!("is handed to {server}"),
        None => "is captured, not sent (SMTP_URL is not set)".to_owned(),
    };
    // Without the address: where nobody watches, the screen ends up among the logs.
    let team = match &settings.mail.team_to {
        Some(_) => "goes to the team's mailbox (FRONTDESK__MAIL__TEAM_TO)",
        None => "is captured (FRONTDESK__MAIL__TEAM_TO is not set)",
    };
    format!(
        "Frontdesk serves.\n\n  bots call  {url}/bot/v1\n  panel      {local}/admin\n  docs       {local}/api/docs\n  mail       {mail}\n  \
         team mail  {team}\n",
        local = settings.http.local_url(),
    )
}

fn first_admin(program: &str, settings: &Settings, admin: &FirstAdmin<'_>) -> String {
    match admin {
        FirstAdmin::Exists => String::new(),
        FirstAdmin::ByLink(end) => format!(
            "\nMake the first admin here (once, within {hours} hours, while this server runs):\n\n  {local}/admin/first/{end}\n",
            hours = FIRST_ADMIN_LINK_LIFETIME.as_hours(),
            local = settings.http.local_url(),
        ),
        FirstAdmin::ByCommand => {
            format!("\nNobody can sign in yet. This command makes an admin:\n\n  {program} createsuperuser\n")
        }
    }
}

fn hints(program: &str, settings: &Settings) -> String {
    let delay = settings.welcome.delay;
    let mail = match &settings.mail.smtp_shown {
        Some(_) => "goes out",
        None => "is captured",
    };
    format!(
        "The welcome mail {mail} {delay:#} later:\n\n  {program} notifications list\n  {program} notifications show ID\n\n\
         Or let visitors come:\n\n  {program} simulate --users 200\n"
    )
}

/// What is still to be set where this is more than a try-out.
fn for_production(program: &str, settings: &Settings) -> String {
    let is_public = settings.http.public_url.as_ref().is_some_and(crate::settings::PublicUrl::is_https);
    let wanted = [
        (is_public, "FRONTDESK__HTTP__PUBLIC_URL", "where bots reach this server, with https"),
        (settings.mail.smtp.is_some(), "SMTP_URL", "the mail server"),
        (settings.mail.team_to.is_some(), "FRONTDESK__MAIL__TEAM_TO", "the team's mailbox"),
    ];
    let missing: Vec<_> = wanted.iter().filter(|(is_set, ..)| !is_set).collect();
    if missing.is_empty() {
        return String::new();
    }
    let mut text = "For production, set in the environment or in .env:\n\n".to_owned();
    for (_, name, meaning) in missing {
        line(&mut text, &format!("  {name:<28} {meaning}"));
    }
    line(&mut text, &format!("\n`{program} doctor` looks whether all is well.\n"));
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::Sources;

    fn screen_with(pairs: &[(&str, &str)], start: Start<'_>, admin: FirstAdmin<'_>) -> String {
        let environment: BTreeMap<_, _> = pairs.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::load(&Sources::gather(environment, folder.path())).expect("settings");
        screen(&FirstScreen { program: "frontdesk", settings: &settings, start, admin })
    }

    #[test]
    fn a_first_start_on_a_terminal_shows_a_key_and_a_call_to_paste() {
        insta::assert_snapshot!(screen_with(
            &[],
            Start::WithFirstBot("fd_KEY"),
            FirstAdmin::ByLink("fda_END")
        ));
    }

    #[test]
    fn a_first_start_elsewhere_names_the_commands() {
        insta::assert_snapshot!(screen_with(&[], Start::WithoutBot, FirstAdmin::ByCommand));
    }

    #[test]
    fn a_later_start_says_where_things_are() {
        insta::assert_snapshot!(screen_with(&[], Start::Again, FirstAdmin::Exists));
    }

    #[test]
    fn what_is_set_for_production_is_shown_without_secrets_and_asked_for_no_more() {
        let pairs = [
            ("FRONTDESK__HTTP__PUBLIC_URL", "https://desk.example.com"),
            ("FRONTDESK__HTTP__BIND", "0.0.0.0:8080"),
            ("SMTP_URL", "smtps://robot:hunter2@mail.example.com:465"),
            ("FRONTDESK__MAIL__TEAM_TO", "Team <team@example.com>"),
        ];
        insta::assert_snapshot!(screen_with(&pairs, Start::WithFirstBot("fd_KEY"), FirstAdmin::Exists));
    }
}
