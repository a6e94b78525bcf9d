//! Bots and agents for made-up users and tickets to refer to.

use domain::{
    agent::{Role, StaffMember},
    audit::Author,
    bot::{Bot, Secret},
    identity::Country,
    ids::{AgentId, WorkerId},
    language::Language,
    topic::Routing,
};

use super::{Cast, SeedDatabase, SeedError};
use crate::{
    audit::Audit,
    bots::{AddBot, BotError, NewBot},
    ports::{StorageError, atomically, consult},
    staff::hash_new,
};

/// Name, language, and the origin of who comes without one.
const BOTS: [(&str, &str, Option<&str>); 3] =
    [("seed-web", "es", None), ("seed-shop", "en", None), ("seed-whatsapp", "es", Some("whatsapp"))];

/// Nobody can sign in as one of them: nobody knows their passwords.
const AGENTS: [&str; 5] = [
    "ana@seed.example",
    "bruno@seed.example",
    "carla@seed.example",
    "diego@seed.example",
    "eva@seed.example",
];

impl SeedDatabase {
    /// Finds bots, agents and topics. Bots and agents that are not there are added.
    pub(super) async fn cast(&self) -> Result<Cast, SeedError> {
        for (name, language, origin) in BOTS {
            self.add_bot(name, language, origin).await?;
        }
        self.add_agents().await?;
        let (bots, staff, routing) = consult(&*self.storage, async |tx| {
            Ok((tx.bots().all().await?, tx.agents().all().await?, tx.topics().routing().await?))
        })
        .await?;
        let of_seed = |bot: &Bot| BOTS.iter().any(|(name, ..)| *name == bot.name);
        let topics = Routing::topics(&routing).to_vec();
        if topics.is_empty() {
            return Err(SeedError::NoTopic);
        }
        Ok(Cast {
            bots: bots.into_iter().filter(of_seed).collect(),
            agents: staff.iter().filter(|member| is_of_seed(member)).map(|member| member.id).collect(),
            topics,
            worker: WorkerId::from_uuid(self.ids.next()),
        })
    }

    fn audit(&self) -> Audit {
        Audit::of(Author::AT_THE_MACHINE, self.ids.clone(), self.clock.clone())
    }

    async fn add_bot(&self, name: &str, language: &str, origin: Option<&str>) -> Result<(), SeedError> {
        let add = AddBot {
            audit: self.audit(),
            storage: self.storage.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            entropy: self.entropy.clone(),
        };
        let bot = NewBot {
            name: name.to_owned(),
            default_origin: origin.map(str::to_owned),
            default_language: Language::parse(language).unwrap_or_default(),
            default_country: Country::parse("ES").ok(),
        };
        match add.execute(bot).await {
            Ok(_) | Err(BotError::NameTaken(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn add_agents(&self) -> Result<(), SeedError> {
        let staff = consult(&*self.storage, async |tx| tx.agents().all().await).await?;
        let missing: Vec<_> =
            AGENTS.into_iter().filter(|email| staff.iter().all(|member| member.email != *email)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let password = Secret::api_token(self.entropy.secret()).reveal().to_owned();
        let password_hash = hash_new(&self.hasher, password).await?;
        let member = |email: &str| StaffMember {
            id: AgentId::from_uuid(self.ids.next()),
            email: email.to_owned(),
            password_hash: password_hash.clone(),
            role: Role::Agent,
            created_at: self.clock.now(),
            deactivated_at: None,
        };
        let members: Vec<_> = missing.into_iter().map(member).collect();
        Ok(atomically(&*self.storage, async |tx| {
            for member in &members {
                tx.agents().insert(member).await?;
            }
            Ok::<_, StorageError>(())
        })
        .await?)
    }
}

fn is_of_seed(member: &StaffMember) -> bool {
    AGENTS.contains(&member.email.as_str())
}
