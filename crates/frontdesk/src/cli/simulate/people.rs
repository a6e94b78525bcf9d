//! Visitors as they come: most of them careful, some not, some for the second time.

use domain::random::Random;

use super::{
    script::{Habit, Script},
    words::{CAMPAIGNS, DOMAINS, FIRST_NAMES, LAST_NAMES, ODD_QUESTIONS, QUESTIONS, SOURCES},
};
use crate::recipe::{ChatFields, Medium};

/// Repeats come from the latest visitors.
const REMEMBERED: usize = 200;

/// A visit.
#[derive(Debug, Clone)]
pub struct Guest {
    /// Which person it is.
    pub number: usize,
    /// What Landbot knows before the chat.
    pub fields: ChatFields,
    /// What the person will say.
    pub script: Script,
}

/// An endless stream of visitors.
pub struct People {
    random: Random,
    medium: Medium,
    /// Visitors of two runs are different people.
    run: usize,
    count: usize,
    visits: usize,
    remembered: Vec<Guest>,
}

impl People {
    /// The visitors of a seed.
    pub fn new(seed: u64, medium: Medium) -> Self {
        let mut random = Random::new(seed);
        let run = random.below(0x100_0000);
        Self { random, medium, run, count: 0, visits: 0, remembered: Vec::new() }
    }

    /// The next visitor.
    pub fn next(&mut self) -> Guest {
        self.visits += 1;
        let returns = !self.remembered.is_empty() && self.random.once_in(8);
        let mut guest = if returns { self.known() } else { self.somebody() };
        let chat = format!("{:06x}-{}", self.run, self.visits);
        guest.fields.set("chat_uuid", chat);
        if self.medium == Medium::Web {
            guest.fields.set("origin", self.random.one_of(SOURCES));
        }
        guest.script.topic = self.random.below(16);
        guest.script.is_curious = self.random.once_in(3);
        guest
    }

    fn known(&mut self) -> Guest {
        let index = self.random.below(self.remembered.len());
        let mut guest = self.remembered[index].clone();
        guest.script.says.set("question", self.random.one_of(QUESTIONS));
        guest
    }

    fn somebody(&mut self) -> Guest {
        self.count += 1;
        let (name, email, phone) = (self.name(), self.email(), self.phone());
        let mut careful = ChatFields::default();
        careful.set("email", email);
        careful.set("question", self.random.one_of(QUESTIONS));
        if self.medium == Medium::Web {
            careful.set("phone", phone.as_str());
        }
        careful.set("name", name.as_str());
        let habit =
            if self.random.once_in(2) { self.random.one_of(Habit::CARELESS) } else { Habit::IsCareful };
        let says = self.said(habit, &careful);
        let fields = self.known_before(&name, &phone);
        let guest = Guest { number: self.count, fields, script: Script::new(habit, says, careful) };
        self.remember(guest.clone());
        guest
    }

    fn remember(&mut self, guest: Guest) {
        if self.remembered.len() < REMEMBERED {
            self.remembered.push(guest);
        } else {
            let index = self.random.below(REMEMBERED);
            self.remembered[index] = guest;
        }
    }

    fn name(&mut self) -> String {
        format!("{} {}", self.random.one_of(FIRST_NAMES), self.random.one_of(LAST_NAMES))
    }

    fn email(&mut self) -> String {
        format!("visitor.{:06x}.{}@{}", self.run, self.count, self.random.one_of(DOMAINS))
    }

    /// A Spanish mobile number of this person alone, as people write it.
    fn phone(&mut self) -> String {
        let digits = format!("6{:08}", (self.run * 1_009 + self.count) % 100_000_000);
        let (a, b, c) = (&digits[..3], &digits[3..6], &digits[6..]);
        match self.random.below(4) {
            0 => format!("+34{digits}"),
            1 => format!("+34 {a} {b} {c}"),
            2 => format!("0034 {a}-{b}-{c}"),
            _ => format!("34{digits}"),
        }
    }

    /// What Landbot knows of somebody who has said nothing yet.
    fn known_before(&mut self, name: &str, phone: &str) -> ChatFields {
        let mut fields = ChatFields::default();
        let id = self.run * 1_000 + self.count;
        fields.set("id", id.to_string());
        match self.medium {
            Medium::Web => {
                fields.set("name", format!("Visitor #{id}"));
                fields.set("origin_page", "https://shop.example/pricing?plan=team&seats=12");
                if self.random.once_in(3) {
                    fields.set("utm_source", "newsletter");
                    fields.set("utm_campaign", self.random.one_of(CAMPAIGNS));
                }
            }
            Medium::Whatsapp => {
                fields.set("name", name);
                fields.set("phone", phone);
            }
        }
        fields
    }

    /// What somebody with this habit says at first.
    fn said(&mut self, habit: Habit, careful: &ChatFields) -> ChatFields {
        let mut said = careful.clone();
        let (name, email) =
            (careful.get("name").unwrap_or_default(), careful.get("email").unwrap_or_default());
        match habit {
            Habit::LeavesFieldsUnset => {
                said.unset("name");
                said.unset(self.random.one_of(&["phone", "email"]));
            }
            Habit::GoesBack => said.set("email", email.replace("example", "exmaple")),
            Habit::TypesOddly | Habit::MeetsUnescapedFields => {
                said.set("name", format!("{name} \"Nita\" 👩‍💻"));
                said.set("email", format!("  {} ", email.to_uppercase()));
                said.set("question", self.random.one_of(ODD_QUESTIONS));
            }
            _ => {}
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guests(seed: u64, count: usize) -> Vec<Guest> {
        let mut people = People::new(seed, Medium::Web);
        (0..count).map(|_| people.next()).collect()
    }

    #[test]
    fn a_seed_plays_the_same_visitors_again_and_another_plays_others() {
        let ids = |seed| guests(seed, 50).into_iter().map(|guest| guest.fields).collect::<Vec<_>>();
        assert!(ids(1) == ids(1));
        assert!(ids(1).iter().zip(ids(2)).all(|(one, other)| one.get("id") != other.get("id")));
    }

    #[test]
    fn among_many_some_return_and_every_habit_is_met() {
        let all = guests(7, 400);
        let people = all.iter().map(|guest| guest.number).max().expect("somebody");
        assert!((200..400).contains(&people), "{people}");
        for habit in Habit::CARELESS {
            assert!(all.iter().any(|guest| guest.script.habit == *habit), "{habit:?}");
        }
    }
}
