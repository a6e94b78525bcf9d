//! The persons of a batch: who is who, and what is newly known of them.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{CallingBot, IdentityClash, NewIdentity, Writes};
use crate::{
    bot_call::{PersonFields, merge_extra},
    identity::{Identity, IdentityKind},
    ids::{RequestId, UserId},
    user::{Consent, Origin, User},
};

/// All users that a batch knows or makes, and whose each identity is.
pub(super) struct Persons {
    tracked: HashMap<UserId, Tracked>,
    owners: HashMap<Identity, UserId>,
    attached: Vec<NewIdentity>,
    registered: Vec<UserId>,
}

struct Tracked {
    user: User,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    New,
    Known,
    Changed,
}

/// Identity `kind` of a call for `user_id` is `other_user_id`'s.
pub(super) struct Clash {
    user_id: UserId,
    other_user_id: UserId,
    kind: IdentityKind,
}

impl Clash {
    pub(super) const fn seen_in(self, request_id: RequestId, at: Timestamp) -> IdentityClash {
        let Self { user_id, other_user_id, kind } = self;
        IdentityClash { request_id, user_id, other_user_id, kind, at }
    }
}

impl Persons {
    pub(super) fn new(users: Vec<User>, identities: Vec<(Identity, UserId)>) -> Self {
        let tracked =
            users.into_iter().map(|user| (user.id, Tracked { user, state: State::Known })).collect();
        Self {
            tracked,
            owners: identities.into_iter().collect(),
            attached: Vec::new(),
            registered: Vec::new(),
        }
    }

    pub(super) fn get(&self, id: UserId) -> Option<&User> {
        self.tracked.get(&id).map(|tracked| &tracked.user)
    }

    /// Whose the first of `identities` is that is anybody's.
    pub(super) fn owner(&self, identities: &[Identity]) -> Option<UserId> {
        identities.iter().find_map(|identity| self.owners.get(identity)).copied()
    }

    pub(super) fn register(&mut self, id: UserId, bot: &CallingBot, fields: &PersonFields, now: Timestamp) {
        let origin = fields.origin.clone().or_source(bot.default_origin.as_deref());
        let user = User {
            id,
            bot_id: bot.id,
            name: None,
            email: None,
            phone: None,
            language: fields.language.clone().unwrap_or_else(|| bot.default_language.clone()),
            first_origin: origin.clone(),
            last_origin: origin,
            consent: None,
            fields: Map::new(),
            welcomed: false,
            created_at: now,
            updated_at: now,
        };
        self.tracked.insert(id, Tracked { user, state: State::New });
        self.registered.push(id);
    }

    /// Makes every identity that is nobody's the user's. Answers those that are somebody else's.
    pub(super) fn attach(&mut self, user_id: UserId, identities: &[Identity], now: Timestamp) -> Vec<Clash> {
        let mut clashes = Vec::new();
        for identity in identities {
            match self.owners.get(identity) {
                Some(&owner) if owner == user_id => {}
                Some(&other_user_id) => clashes.push(Clash { user_id, other_user_id, kind: identity.kind() }),
                None => {
                    self.owners.insert(identity.clone(), user_id);
                    self.attached.push(NewIdentity { identity: identity.clone(), user_id, created_at: now });
                }
            }
        }
        clashes
    }

    /// Fills what was empty, moves the last origin, keeps the latest consent and what else was sent.
    pub(super) fn learn(
        &mut self,
        id: UserId,
        fields: &PersonFields,
        extra: Option<&Map<String, Value>>,
        now: Timestamp,
    ) {
        let owns_email = self.owns(id, fields.email.clone().map(Identity::Email));
        let owns_phone = self.owns(id, fields.phone.clone().map(Identity::Phone));
        let Some(tracked) = self.tracked.get_mut(&id) else { return };
        let before = tracked.user.clone();
        let user = &mut tracked.user;
        fill(&mut user.name, fields.name.as_ref());
        fill(&mut user.email, fields.email.as_ref().filter(|_| owns_email));
        fill(&mut user.phone, fields.phone.as_ref().filter(|_| owns_phone));
        move_origin(user, &fields.origin);
        if let Some(language) = &fields.language {
            user.language = language.clone();
        }
        if let Some(given) = fields.consent {
            user.consent = Some(Consent { given, text: fields.consent_text.clone(), at: now });
        }
        if let Some(extra) = extra {
            merge_extra(&mut user.fields, extra);
        }
        tracked.note_change(&before, now);
    }

    fn owns(&self, id: UserId, identity: Option<Identity>) -> bool {
        identity.is_some_and(|identity| self.owners.get(&identity) == Some(&id))
    }

    pub(super) fn owes_welcome(&self, id: UserId) -> bool {
        self.get(id).is_some_and(|user| user.email.is_some() && !user.welcomed)
    }

    pub(super) fn mark_welcomed(&mut self, id: UserId) {
        if let Some(tracked) = self.tracked.get_mut(&id) {
            tracked.user.welcomed = true;
            if tracked.state == State::Known {
                tracked.state = State::Changed;
            }
        }
    }

    /// Adds the rows of users and identities, new users in the order in which they were registered.
    pub(super) fn into_writes(mut self, writes: &mut Writes) {
        for id in self.registered {
            writes.new_users.extend(self.tracked.remove(&id).map(|tracked| tracked.user));
        }
        let changed = self.tracked.into_values().filter(|tracked| tracked.state == State::Changed);
        writes.changed_users.extend(changed.map(|tracked| tracked.user));
        writes.changed_users.sort_by_key(|user| user.id);
        writes.identities = self.attached;
    }
}

impl Tracked {
    fn note_change(&mut self, before: &User, now: Timestamp) {
        if self.state != State::New && self.user != *before {
            self.user.updated_at = now;
            self.state = State::Changed;
        }
    }
}

fn fill<T: Clone>(slot: &mut Option<T>, given: Option<&T>) {
    if slot.is_none() {
        *slot = given.cloned();
    }
}

fn move_origin(user: &mut User, given: &Origin) {
    if user.first_origin.is_empty() {
        user.first_origin = given.clone();
    }
    if !given.is_empty() {
        user.last_origin = given.clone();
    }
}
