use std::{collections::HashMap, path::PathBuf, sync::Arc, time::{Duration, Instant}};
use adapters_sqlite::*;
use application::ports::*;
use domain::{answer::*, channel::PERSON_CHANNEL_ID, dispatch::Quota, identity::*, ids::*, intake::*, language::Language, notification::*, retry::NextStep, user::*};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

struct C;
impl Clock for C { fn now(&self) -> Timestamp { Timestamp::now() } }

fn id() -> Uuid { Uuid::now_v7() }

struct Batch { users: Vec<User>, ids: Vec<NewIdentity>, notes: Vec<NewNotification>, intake: Vec<IntakeRow>, answers: Vec<BoundAnswer> }

fn rnd(x: &mut u64) -> u64 { *x ^= *x << 13; *x ^= *x >> 7; *x ^= *x << 17; *x }

fn batch(n: usize, seed: &mut u64, bot: BotId, due: SignedDuration) -> Batch {
    let mut b = Batch { users: vec![], ids: vec![], notes: vec![], intake: vec![], answers: vec![] };
    let now = Timestamp::now();
    for _ in 0..n {
        let r = rnd(seed);
        let uid = UserId::from_uuid(id());
        let rid = RequestId::from_uuid(id());
        let email = EmailAddress::restore(format!("person.{r:x}@example.com"));
        let phone = PhoneNumber::restore(format!("+346{:015}", r % 1_000_000_000_000_000));
        let origin = Origin { source: Some("landing".into()), utm_source: Some("ads".into()), ..Origin::default() };
        b.users.push(User { id: uid, bot_id: bot, name: Some("Ana Maria Lopez".into()), email: Some(email.clone()), phone: Some(phone.clone()), language: Language::ENGLISH, first_origin: origin.clone(), last_origin: origin, consent: None, fields: Default::default(), welcomed: true, created_at: now, updated_at: now });
        b.ids.push(NewIdentity { identity: Identity::Email(email), user_id: uid, created_at: now });
        b.ids.push(NewIdentity { identity: Identity::Phone(phone), user_id: uid, created_at: now });
        b.notes.push(NewNotification { id: NotificationId::from_uuid(id()), purpose: Purpose::Welcome, channel_id: PERSON_CHANNEL_ID, user_id: Some(uid), ticket_id: None, request_id: rid, due_at: now + due, created_at: now });
        b.intake.push(IntakeRow { request_id: rid, bot_id: bot, path: CallPath::Users, outcome: IntakeOutcome::Registered, user_id: Some(uid), ticket_id: None, users_made: 1, tickets_made: 0, notifications_made: 1, received_at: now });
        let mut d = [0u8; 32]; for c in d.chunks_mut(8) { c.copy_from_slice(&rnd(seed).to_le_bytes()); }
        let mut a = Answer::new(Verdict::Ok, Sentence::Registered, Language::ENGLISH, rid);
        a.user_id = Some(uid); a.name = Some("Ana Maria Lopez".into()); a.created = Some(true);
        b.answers.push(BoundAnswer { replay: Replay { slot: AnswerSlot { principal: bot, scope: CallPath::Users, digest: d }, body: d, expires_at: now + SignedDuration::from_secs(60) }, answer: a });
    }
    b.ids.sort_by(|a, b| a.identity.cmp(&b.identity));
    b.answers.sort_by_key(|a| a.replay.slot);
    b
}

async fn write(s: &SqliteStorage, b: &Batch, t: &mut HashMap<&'static str, Duration>) {
    let now = Timestamp::now();
    let slots: Vec<_> = b.answers.iter().map(|a| a.replay.slot).collect();
    let identities: Vec<_> = b.ids.iter().map(|i| i.identity.clone()).collect();
    macro_rules! m { ($n:literal, $e:expr) => {{ let i = Instant::now(); let r = $e.await.unwrap(); *t.entry($n).or_default() += i.elapsed(); r }} }
    let mut tx = m!("0 begin", s.begin());
    m!("1 kept", tx.intake().kept_answers(&slots, now));
    m!("2 by_ident", tx.users().by_identities(&identities));
    m!("3 users", tx.users().insert(&b.users));
    m!("4 idents", tx.users().add_identities(&b.ids));
    m!("5 notes", tx.notifications().insert(&b.notes));
    m!("6 intake", tx.intake().record(&b.intake));
    m!("7 keep", tx.intake().keep(&b.answers, now));
    m!("8 commit", tx.commit());
}

fn cpu() -> Duration {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<_> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    let t: u64 = f[11].parse::<u64>().unwrap() + f[12].parse::<u64>().unwrap();
    Duration::from_millis(t * 10)
}

#[tokio::main]
async fn main() {
    let a: Vec<String> = std::env::args().collect();
    let path = PathBuf::from(&a[1]);
    let preload: usize = a[2].parse().unwrap();
    let size: usize = a[3].parse().unwrap();
    let total: usize = a[4].parse().unwrap();
    let i = Instant::now();
    let s = Arc::new(SqliteStorage::open(&path, Migrate::Apply, Arc::new(C)).await.unwrap());
    println!("open {:?}", i.elapsed());
    let bot = BotId::from_uuid(id());
    let mut seed = 88172645463325252u64 ^ (std::process::id() as u64) << 20;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let ck = { let s = s.clone(); let stop = stop.clone(); tokio::spawn(async move {
        let mut n = 0; let mut worst = Duration::ZERO; let mut all = Duration::ZERO;
        while !stop.load(std::sync::atomic::Ordering::Relaxed) { tokio::time::sleep(Duration::from_millis(250)).await;
            if s.needs_checkpoint() { let i = Instant::now(); s.checkpoint().await.unwrap(); n += 1; all += i.elapsed(); worst = worst.max(i.elapsed()); } }
        println!("checkpoints {n} all {all:?} worst {worst:?}");
    }) };
    let mut t = HashMap::new();
    let mut done = 0;
    let i = Instant::now();
    while done < preload { let b = batch(256, &mut seed, bot, SignedDuration::from_secs(3600)); write(&s, &b, &mut t).await; done += 256; }
    if preload > 0 { println!("preload {} in {:?}: {:.1} us each", done, i.elapsed(), i.elapsed().as_micros() as f64 / done as f64); }
    t.clear();
    let batches: Vec<_> = (0..total / size).map(|_| batch(size, &mut seed, bot, SignedDuration::ZERO)).collect();
    let (i, c) = (Instant::now(), cpu());
    let mut worst = Duration::ZERO;
    for b in &batches { let j = Instant::now(); write(&s, b, &mut t).await; worst = worst.max(j.elapsed()); }
    let (w, c) = (i.elapsed(), cpu() - c);
    let n = (total / size * size) as f64;
    println!("batch {size}: {:.0}/s  {:.1} us wall {:.1} us cpu each; worst batch {worst:?}", n / w.as_secs_f64(), w.as_micros() as f64 / n, c.as_micros() as f64 / n);
    let mut k: Vec<_> = t.into_iter().collect(); k.sort();
    for (k, v) in k { println!("   {k:12} {:.2} us", v.as_micros() as f64 / n); }
    println!("size {:?}", s.size());

    // deliveries
    let worker = WorkerId::from_uuid(id());
    let due = Timestamp::now();
    let mut tt: HashMap<&'static str, Duration> = HashMap::new();
    macro_rules! m { ($n:literal, $e:expr) => {{ let i = Instant::now(); let r = $e.await.unwrap(); *tt.entry($n).or_default() += i.elapsed(); r }} }
    let (i, c) = (Instant::now(), cpu());
    let mut sent = 0;
    let mut finished: Vec<ClosedAttempt> = vec![];
    while sent < 20_000 {
        let mut rx = m!("read", s.read());
        m!("loads", rx.deliveries().loads(due + SignedDuration::from_secs(2), 128));
        m!("end", rx.rollback());
        let mut tx = s.begin().await.unwrap();
        m!("loads2", tx.deliveries().loads(due + SignedDuration::from_secs(2), 128));
        let claimed = m!("claim", tx.deliveries().claim(worker, &[Quota { channel_id: PERSON_CHANNEL_ID, limit: 64 }], due + SignedDuration::from_secs(2)));
        m!("commit1", tx.commit());
        if claimed.is_empty() { break; }
        for half in claimed.chunks(32) {
            let ids: Vec<_> = half.iter().map(|c| c.id).collect();
            let mut tx = s.begin().await.unwrap();
            m!("close", tx.deliveries().close(&finished));
            let opened = m!("open", tx.deliveries().open(worker, &ids, Timestamp::now()));
            m!("commit2", tx.commit());
            assert_eq!(opened.len(), ids.len());
            finished = opened.iter().map(|o| ClosedAttempt { worker_id: worker, notification_id: o.message.id, number: o.number, outcome: OutcomeKind::Sent, code: Some(250), answer: Some("2.0.0 Ok: queued as 12345".into()), provider_id: None, elapsed: Some(SignedDuration::from_millis(2)), mimicked: false, closed_at: Timestamp::now(), next: NextStep { status: NotificationStatus::Sent, due_at: None } }).collect();
            sent += opened.len();
        }
    }
    let (w, c) = (i.elapsed(), cpu() - c);
    println!("deliveries {:.0}/s {:.1} us wall {:.1} us cpu each", sent as f64 / w.as_secs_f64(), w.as_micros() as f64 / sent as f64, c.as_micros() as f64 / sent as f64);
    let mut k: Vec<_> = tt.into_iter().collect(); k.sort();
    for (k, v) in k { println!("   {k:12} {:.2} us", v.as_micros() as f64 / sent as f64); }
    let i = Instant::now();
    for _ in 0..1000 { let mut rx = s.read().await.unwrap(); rx.deliveries().loads(Timestamp::UNIX_EPOCH, 128).await.unwrap(); rx.rollback().await.unwrap(); }
    println!("idle poll {:?}", i.elapsed() / 1000);
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    ck.await.unwrap();
    s.close().await.unwrap();
    println!("closed size {:?} rss {}", s.size(), std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
