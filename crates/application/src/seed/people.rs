//! Users, as if bots had registered them.

use domain::{
    bot::Bot,
    bot_call::{Field, RefusalCode},
    channel::PERSON_CHANNEL_ID,
    identity::{CustomerId, EmailAddress, Identity, PhoneNumber},
    ids::{NotificationId, RequestId, UserId},
    intake::{CallPath, IntakeOutcome, IntakeRow, NewIdentity, QuarantineReason, Quarantined, RawCall},
    notification::{NewNotification, Purpose},
    random::Random,
    search::fold,
    ticket::Chat,
    user::{Consent, Origin, User},
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{
    plan::{About, Plan, id_at},
    portion::Portion,
    words::{CAMPAIGNS, DOMAINS, FIRST_NAMES, LAST_NAMES, MEDIA, PAGES, SOURCES},
};

/// From a registration to its welcome.
const WELCOME_DELAY: SignedDuration = SignedDuration::from_secs(60);

/// Calls that nobody understood were dealt with after so long.
const MENDED_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Spanish mobile numbers begin with 6; so many digits follow.
const PHONES: u64 = 100_000_000;

impl Plan {
    /// A user, the same whenever it is asked for.
    pub(super) fn user(&self, index: usize) -> User {
        let mut chance = self.chance(About::User, index);
        let created_at = self.comes_at(index, self.sizes.users, &mut chance);
        let id = UserId::from_uuid(id_at(created_at, &mut chance));
        let bot = self.bot(&mut chance);
        let name = name(&mut chance);
        let email = Self::has_address(index).then(|| self.email(index, &name, &mut chance));
        let has_phone = email.is_none() || chance.once_in(2);
        let origin = origin(bot, &mut chance);
        let consent = (chance.below(10) < 6).then(|| Consent {
            given: true,
            text: Some("I agree that you keep my details to answer me.".to_owned()),
            at: created_at,
        });
        User {
            id,
            bot_id: bot.id,
            name: Some(name),
            phone: has_phone.then(|| self.phone(index)),
            language: bot.default_language.clone(),
            last_origin: origin.clone(),
            first_origin: origin,
            consent,
            fields: serde_json::Map::new(),
            welcomed: email.is_some(),
            email,
            created_at,
            updated_at: created_at,
        }
    }

    /// The chat of a user with its bot.
    pub(super) fn chat(&self, index: usize, chance: &mut Random) -> Chat {
        let uuid = Uuid::from_u64_pair(chance.number(), chance.number());
        Chat { customer: Some(self.number(index)), uuid: Some(uuid.to_string()) }
    }

    /// The first bots have the most visitors.
    fn bot(&self, chance: &mut Random) -> &Bot {
        let bots = &self.cast.bots;
        &bots[chance.below(bots.len()).min(chance.below(bots.len()))]
    }

    /// A number that no user of another seed has.
    fn number(&self, index: usize) -> String {
        format!("{}{index:07}", self.seed)
    }

    fn email(&self, index: usize, name: &str, chance: &mut Random) -> EmailAddress {
        let words = fold(name).replace(|c: char| c != ' ' && !c.is_ascii_alphabetic(), "");
        let begin: Vec<_> = words.split(' ').take(2).collect();
        let domain = chance.one_of(DOMAINS);
        EmailAddress::restore(format!("{}.{}@{domain}", begin.join("."), self.number(index)))
    }

    /// Far from those of other seeds, and not in the order of users.
    fn phone(&self, index: usize) -> PhoneNumber {
        let number = (index as u64).wrapping_add(self.seed.wrapping_mul(PHONES / 10)) % PHONES;
        PhoneNumber::restore(format!("+346{:08}", number * 31_415_927 % PHONES))
    }

    fn identities(&self, index: usize, user: &User) -> Vec<NewIdentity> {
        let customer = CustomerId::restore(self.number(index));
        let identities = [
            Some(Identity::Customer { bot: user.bot_id, customer }),
            user.email.clone().map(Identity::Email),
            user.phone.clone().map(Identity::Phone),
        ];
        let new = |identity| NewIdentity { identity, user_id: user.id, created_at: user.created_at };
        identities.into_iter().flatten().map(new).collect()
    }
}

fn name(chance: &mut Random) -> String {
    let (first, last) = (chance.one_of(FIRST_NAMES), chance.one_of(LAST_NAMES));
    if chance.once_in(3) {
        format!("{first} {last}")
    } else {
        format!("{first} {last} {}", chance.one_of(LAST_NAMES))
    }
}

fn origin(bot: &Bot, chance: &mut Random) -> Origin {
    let page = format!("https://www.example.com{}", chance.one_of(PAGES));
    let origin = Origin {
        source: bot.default_origin.clone().or_else(|| Some(chance.one_of(SOURCES).to_owned())),
        page: Some(page),
        ..Origin::default()
    };
    if !chance.once_in(3) {
        return origin;
    }
    let (source, medium) = chance.one_of(MEDIA);
    Origin {
        utm_source: Some(source.to_owned()),
        utm_medium: Some(medium.to_owned()),
        utm_campaign: Some(chance.one_of(CAMPAIGNS).to_owned()),
        ..origin
    }
}

impl Portion {
    /// Adds a user, and what the call made that registered it.
    pub(super) fn add_user(&mut self, plan: &Plan, index: usize) {
        let user = plan.user(index);
        let mut chance = plan.chance(About::User, index + plan.sizes.users);
        let call = RequestId::from_uuid(id_at(user.created_at, &mut chance));
        let welcome = plan.is_welcomed(index).then(|| welcome(call, &user, &mut chance));
        let row = IntakeRow {
            users_made: 1,
            notifications_made: u16::from(welcome.is_some()),
            user_id: Some(user.id),
            ..IntakeRow::bare(call, user.bot_id, CallPath::Users, IntakeOutcome::Registered, user.created_at)
        };
        self.writes.intake.push(row);
        if let Some(welcome) = welcome {
            self.send(plan, welcome, &mut chance);
        }
        if chance.once_in(50) {
            self.add_replay(&user, plan, &mut chance);
        }
        if chance.once_in(200) {
            self.add_refusal(&user, plan, &mut chance);
        }
        self.writes.identities.extend(plan.identities(index, &user));
        self.writes.new_users.push(user);
    }

    /// The same call came again.
    fn add_replay(&mut self, user: &User, plan: &Plan, chance: &mut Random) {
        let at = (user.created_at + SignedDuration::from_secs(2)).min(plan.until);
        let id = RequestId::from_uuid(id_at(at, chance));
        let row = IntakeRow::bare(id, user.bot_id, CallPath::Users, IntakeOutcome::Replayed, at);
        self.writes.intake.push(IntakeRow { user_id: Some(user.id), ..row });
    }

    /// Somebody else could not be understood.
    fn add_refusal(&mut self, user: &User, plan: &Plan, chance: &mut Random) {
        let at = user.created_at;
        let request_id = RequestId::from_uuid(id_at(at, chance));
        let (bot_id, path) = (user.bot_id, CallPath::Users);
        self.writes.intake.push(IntakeRow::bare(request_id, bot_id, path, IntakeOutcome::Invalid, at));
        if plan.until.duration_since(at) < MENDED_AFTER {
            let reason = QuarantineReason { code: RefusalCode::EmailUnreadable, field: Some(Field::Email) };
            let body = br#"{"name":"Ana","email":"ana at example dot com"}"#.to_vec();
            let raw = RawCall { query: String::new(), body };
            self.writes.quarantined.push(Quarantined {
                request_id,
                bot_id,
                path,
                reason,
                raw,
                received_at: at,
            });
        }
    }
}

fn welcome(call: RequestId, user: &User, chance: &mut Random) -> NewNotification {
    NewNotification {
        id: NotificationId::from_uuid(id_at(user.created_at, chance)),
        purpose: Purpose::Welcome,
        channel_id: PERSON_CHANNEL_ID,
        user_id: Some(user.id),
        ticket_id: None,
        request_id: call,
        due_at: user.created_at + WELCOME_DELAY,
        created_at: user.created_at,
    }
}
