//! `Watch`.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use application::{
    ports::{AlarmPath, AlarmPathError},
    watchdog::Watch,
};
use async_trait::async_trait;
use domain::watchdog::{Alarm, Alert, News, TOLD_AGAIN_AFTER, Vigil};
use port_contracts::{Fault, Operation};

use crate::desk::{Desk, WORKER, seconds};

/// A way to people that keeps what it was told.
#[derive(Default)]
struct Notebook {
    told: Mutex<Vec<(Alarm, News)>>,
    is_torn: AtomicBool,
}

#[async_trait]
impl AlarmPath for Notebook {
    fn name(&self) -> &'static str {
        "notebook"
    }

    async fn tell(&self, alert: &Alert) -> Result<(), AlarmPathError> {
        if self.is_torn.load(Ordering::Relaxed) {
            return Err(AlarmPathError("the notebook is torn".to_owned()));
        }
        // Other processes have their turn while this one tells.
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.told.lock().expect("nothing panicked").push((alert.alarm, alert.news));
        Ok(())
    }
}

impl Notebook {
    fn read(&self) -> Vec<(Alarm, News)> {
        std::mem::take(&mut self.told.lock().expect("nothing panicked"))
    }
}

/// A process with a watchdog.
struct Process {
    watch: Watch,
    vigil: Vigil,
}

impl Process {
    fn of(desk: &Desk, paths: &[&Arc<Notebook>]) -> Self {
        let paths = paths.iter().map(|&path| Arc::clone(path) as Arc<dyn AlarmPath>).collect();
        Self { watch: Watch { storage: desk.storage(), clock: desk.clock(), paths }, vigil: Vigil::default() }
    }

    /// Looks twice: an alarm begins and ends when two looks agree.
    async fn look(&mut self) {
        for _ in 0..2 {
            self.watch.execute(&mut self.vigil).await;
        }
    }
}

/// A worker lives, or does not any more.
async fn beat(desk: &Desk) {
    desk.change(async |tx| tx.workers().beat(WORKER).await).await;
}

async fn late_desk() -> Desk {
    let desk = Desk::open().await;
    desk.register("Ana", "ana@example.com").await;
    desk.clock.advance(seconds(60 + 61));
    beat(&desk).await;
    desk
}

#[tokio::test]
async fn late_notifications_are_told_once_by_one_of_all_processes() {
    let desk = late_desk().await;
    let notebook = Arc::new(Notebook::default());
    let [mut one, mut other] = [Process::of(&desk, &[&notebook]), Process::of(&desk, &[&notebook])];
    for _ in 0..3 {
        tokio::join!(one.look(), other.look());
    }
    assert_eq!(notebook.read(), [(Alarm::Late, News::Raised)]);
}

#[tokio::test]
async fn what_is_over_is_called_off_once_even_by_a_process_that_told_nothing() {
    let desk = late_desk().await;
    let notebook = Arc::new(Notebook::default());
    Process::of(&desk, &[&notebook]).look().await;
    assert_eq!(notebook.read(), [(Alarm::Late, News::Raised)]);
    for notification in desk.notifications().await {
        assert!(desk.change(async |tx| tx.notifications().cancel(notification.id).await).await);
    }
    let [mut one, mut other] = [Process::of(&desk, &[&notebook]), Process::of(&desk, &[&notebook])];
    for _ in 0..3 {
        tokio::join!(one.look(), other.look());
    }
    assert_eq!(notebook.read(), [(Alarm::Late, News::Over)]);
}

#[tokio::test]
async fn an_alarm_that_lasts_is_told_once_an_hour() {
    let desk = late_desk().await;
    let notebook = Arc::new(Notebook::default());
    let mut process = Process::of(&desk, &[&notebook]);
    process.look().await;
    desk.clock.advance(TOLD_AGAIN_AFTER - seconds(1));
    beat(&desk).await;
    process.look().await;
    assert_eq!(notebook.read(), [(Alarm::Late, News::Raised)]);
    desk.clock.advance(seconds(1));
    process.look().await;
    assert_eq!(notebook.read(), [(Alarm::Late, News::Raised)]);
}

#[tokio::test]
async fn a_desk_without_a_living_worker_gives_alarm_until_one_comes() {
    let desk = Desk::open().await;
    let notebook = Arc::new(Notebook::default());
    let mut process = Process::of(&desk, &[&notebook]);
    process.look().await;
    assert_eq!(notebook.read(), [(Alarm::NoWorker, News::Raised)]);
    beat(&desk).await;
    process.look().await;
    assert_eq!(notebook.read(), [(Alarm::NoWorker, News::Over)]);
    desk.clock.advance(seconds(6));
    process.look().await;
    assert_eq!(notebook.read(), [(Alarm::NoWorker, News::Raised)], "its heartbeat ran out");
}

#[tokio::test]
async fn an_alarm_that_could_not_be_told_is_told_by_the_next_who_can() {
    let desk = late_desk().await;
    let (torn, notebook) = (Arc::new(Notebook::default()), Arc::new(Notebook::default()));
    torn.is_torn.store(true, Ordering::Relaxed);
    let mut process = Process::of(&desk, &[&torn]);
    process.look().await;
    assert_eq!(torn.read(), []);
    Process::of(&desk, &[&torn, &notebook]).look().await;
    assert_eq!(notebook.read(), [(Alarm::Late, News::Raised)], "one way is enough");
    process.look().await;
    assert_eq!(notebook.read(), []);
}

#[tokio::test]
async fn each_process_tells_that_the_database_is_away_and_that_it_is_back() {
    let desk = Desk::open().await;
    beat(&desk).await;
    let notebook = Arc::new(Notebook::default());
    let mut processes = [Process::of(&desk, &[&notebook]), Process::of(&desk, &[&notebook])];
    desk.storage.go_away();
    for process in &mut processes {
        process.look().await;
        process.look().await;
    }
    assert_eq!(notebook.read(), [(Alarm::DatabaseAway, News::Raised); 2]);
    desk.storage.come_back();
    for process in &mut processes {
        process.look().await;
        process.look().await;
    }
    assert_eq!(notebook.read(), [(Alarm::DatabaseAway, News::Over); 2]);
}

#[tokio::test]
async fn when_it_cannot_be_settled_who_tells_a_later_look_does() {
    for operation in [Operation::WatchdogTake, Operation::WatchdogTell] {
        let desk = late_desk().await;
        let notebook = Arc::new(Notebook::default());
        let mut process = Process::of(&desk, &[&notebook]);
        desk.storage.fail_next(operation, Fault::Unavailable);
        process.look().await;
        desk.clock.advance(domain::watchdog::TELLING_LEASE);
        beat(&desk).await;
        process.look().await;
        assert!(notebook.read().contains(&(Alarm::Late, News::Raised)), "{operation:?}");
        process.look().await;
        assert_eq!(notebook.read(), [], "{operation:?}");
    }
}

#[tokio::test]
async fn without_a_way_to_people_nothing_is_written() {
    let desk = late_desk().await;
    let mut process = Process::of(&desk, &[]);
    process.look().await;
    assert!(process.vigil.lasts(Alarm::Late));
    assert_eq!(desk.look(async |tx| tx.watchdog().told().await).await, []);
}
