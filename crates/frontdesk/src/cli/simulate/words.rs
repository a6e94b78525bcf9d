//! What visitors are called, and what they ask.

pub const FIRST_NAMES: &[&str] = &[
    "Ana", "Lucía", "Hugo", "Martín", "Sofía", "Mateo", "Aitana", "Iker", "Noa", "Pol", "Emma", "Liam",
    "Zoë", "Jürgen", "Chloé", "Giulia", "Wei", "Priya", "Olu", "Yuki", "Fátima", "Omar", "Ingrid", "Søren",
];

pub const LAST_NAMES: &[&str] = &[
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

pub const DOMAINS: &[&str] = &["example.com", "mail.example.com", "example.org", "shop.example.net"];

pub const SOURCES: &[&str] = &["landing", "pricing-page", "blog", "footer", "newsletter"];

pub const CAMPAIGNS: &[&str] = &["spring", "black-friday", "webinar", "retargeting"];

pub const QUESTIONS: &[&str] = &[
    "How much is it for a team of twelve?",
    "¿Tenéis una demo en español?",
    "The invoice of last month is missing.",
    "I cannot sign in since yesterday, and the reset mail never arrives.",
    "Do you integrate with our CRM?",
    "¿Cuánto cuesta el plan anual?",
    "Please call me back in the afternoon 🙏",
];

/// What breaks JSON that somebody puts together by hand.
pub const ODD_QUESTIONS: &[&str] = &[
    "It says \"access denied\",\nevery time.\n\nWhat now?",
    "The file is in C:\\new\\table\tand is 100% empty & lost",
    "hello\", \"customer_id\": \"1",
    "{\"topic\": \"sales\"} }, @phone ${name}",
];
