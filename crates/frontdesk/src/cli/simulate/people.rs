//! Visitors as they come: most of them careful, some not, some for the second time.

use serde_json::{Value, json};

use super::random::Random;

const FIRST_NAMES: &[&str] = &[
    "Ana", "Lucía", "Hugo", "Martín", "Sofía", "Mateo", "Aitana", "Iker", "Noa", "Pol", "Emma", "Liam",
    "Zoë", "Jürgen", "Chloé", "Giulia", "Wei", "Priya", "Olu", "Yuki", "Fátima", "Omar", "Ingrid", "Søren",
];

const LAST_NAMES: &[&str] = &[
    "García",
    "López",
    "Ruiz",
    "O'Brien",
    "Müller",
    "Núñez",
    "Ferrer i Puig",
    "Smith",
    "Okafor",
    "Tanaka",
    "Rossi",
    "Dubois",
    "van den Berg",
    "Haddad",
    "Nowak",
    "Silva",
    "Kowalska",
    "Andersson",
    "Sharma",
    "Chen",
];

const DOMAINS: &[&str] = &["example.com", "mail.example.com", "example.org", "shop.example.net"];

const SOURCES: &[&str] = &["landing", "pricing-page", "blog", "whatsapp-main", "newsletter"];

const CAMPAIGNS: &[&str] = &["spring", "black-friday", "webinar", "retargeting"];

const QUESTIONS: &[&str] = &[
    "How much is it for a team of twelve?",
    "¿Tenéis una demo en español?",
    "The invoice of last month is missing.",
    "I cannot sign in since yesterday,\nand the reset mail never arrives.",
    "Do you integrate with our CRM?",
    "¿Cuánto cuesta el plan anual?",
    "Please call me back in the afternoon 🙏",
];

/// Repeats come from the latest visitors.
const REMEMBERED: usize = 200;

/// What one visitor says.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The fields of the call that registers.
    pub person: Value,
    /// The fields of the call that asks, if the visitor has a question.
    pub question: Option<Value>,
    /// Whether the visitor clicks twice.
    pub clicks_twice: bool,
}

/// An endless stream of visitors.
pub struct People {
    random: Random,
    count: usize,
    remembered: Vec<Value>,
    topics: Vec<String>,
    run: String,
}

impl People {
    /// The visitors of a seed, who ask about these topics.
    pub fn new(seed: u64, topics: Vec<String>) -> Self {
        let mut random = Random::new(seed);
        // Visitors of two runs are different people.
        let run = format!("{:06x}", random.next() & 0xFF_FFFF);
        Self { random, count: 0, remembered: Vec::new(), topics, run }
    }

    /// The next visitor.
    pub fn next(&mut self) -> Visitor {
        self.count += 1;
        let returns = !self.remembered.is_empty() && self.random.once_in(8);
        let person = if returns { self.known() } else { self.somebody() };
        let question = self.random.once_in(2).then(|| self.question(&person));
        Visitor { person, question, clicks_twice: self.random.once_in(15) }
    }

    fn known(&mut self) -> Value {
        let index = self.random.below(self.remembered.len());
        let mut person = self.remembered[index].clone();
        person["origin"] = self.random.one_of(SOURCES).into();
        person
    }

    fn somebody(&mut self) -> Value {
        let mut person = self.careful();
        if self.random.once_in(5) {
            self.make_careless(&mut person);
        }
        if self.remembered.len() < REMEMBERED {
            self.remembered.push(person.clone());
        } else {
            let index = self.random.below(REMEMBERED);
            self.remembered[index] = person.clone();
        }
        person
    }

    fn careful(&mut self) -> Value {
        let (first, last) = (self.random.one_of(FIRST_NAMES), self.random.one_of(LAST_NAMES));
        let plain: String = format!("{first}.{last}")
            .to_lowercase()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '.')
            .collect();
        let email =
            format!("{}.{}{}@{}", plain.trim_matches('.'), self.run, self.count, self.random.one_of(DOMAINS));
        let mut person = json!({
            "name": format!("{first} {last}"),
            "email": email,
            "phone": self.phone(),
            "origin": self.random.one_of(SOURCES),
            "language": self.random.one_of(&["en", "es", "es-MX", "en-GB"]),
        });
        if self.random.once_in(3) {
            person["utm_source"] = "newsletter".into();
            person["utm_campaign"] = self.random.one_of(CAMPAIGNS).into();
        }
        person
    }

    /// A Spanish mobile number, as people write it.
    fn phone(&mut self) -> String {
        let digits = format!("6{:08}", self.random.below(100_000_000));
        let (a, b, c) = (&digits[..3], &digits[3..6], &digits[6..]);
        match self.random.below(4) {
            0 => format!("+34{digits}"),
            1 => format!("+34 {a} {b} {c}"),
            2 => format!("0034 {a}-{b}-{c}"),
            _ => format!("34{digits}"),
        }
    }

    /// What bots really send when a visitor or a builder was careless.
    fn make_careless(&mut self, person: &mut Value) {
        let email = person["email"].as_str().unwrap_or_default().to_owned();
        let name = person["name"].as_str().unwrap_or_default().to_owned();
        match self.random.below(9) {
            0 => {
                person["email"] = email.replace('@', " at ").into();
                person["phone"] = "".into();
            }
            1 => person["phone"] = "@phone".into(),
            2 => person["email"] = format!("  {} ", email.to_uppercase()).into(),
            3 => person["name"] = format!("Visitor #{}", self.count).into(),
            4 => person["name"] = format!("['{}']", name.replace(' ', "', '")).into(),
            5 => person["email"] = Value::Null,
            6 => *person = json!({ "name": name, "email": "@{email}", "phone": "None" }),
            7 => person["name"] = format!("{name} 👩‍💻 محمد").into(),
            _ => person["budget"] = json!(["1000", "5000"]),
        }
    }

    fn question(&mut self, person: &Value) -> Value {
        let mut question = person.clone();
        let topic = match self.topics.as_slice() {
            [] => "something else".to_owned(),
            _ if self.random.once_in(6) => "something else".to_owned(),
            topics => topics[self.random.below(topics.len())].clone(),
        };
        question["topic"] = topic.into();
        question["description"] = self.random.one_of(QUESTIONS).into();
        question
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitors(seed: u64, count: usize) -> Vec<Visitor> {
        let mut people = People::new(seed, vec!["Sales".to_owned()]);
        (0..count).map(|_| people.next()).collect()
    }

    #[test]
    fn a_seed_plays_the_same_visitors_again_and_another_plays_others() {
        let emails =
            |seed| visitors(seed, 50).into_iter().map(|v| v.person["email"].clone()).collect::<Vec<_>>();
        assert_eq!(emails(1), emails(1));
        assert!(
            emails(1)
                .iter()
                .zip(emails(2))
                .all(|(one, other)| one != &other || one.is_null() || one == "@{email}")
        );
    }

    #[test]
    fn among_many_some_return_some_ask_and_some_are_careless() {
        let all = visitors(7, 400);
        let mut emails: Vec<_> = all.iter().map(|visitor| visitor.person["email"].to_string()).collect();
        emails.sort();
        emails.dedup();
        assert!((200..400).contains(&emails.len()), "{}", emails.len());
        let asking = all.iter().filter(|visitor| visitor.question.is_some()).count();
        assert!((100..300).contains(&asking), "{asking}");
        let unreadable = all.iter().filter(|visitor| visitor.person.to_string().contains(" at ")).count();
        assert!(unreadable > 0 && all.iter().any(|visitor| visitor.clicks_twice));
    }
}
