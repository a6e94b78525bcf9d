//! What Linux knows about a process: its memory and its processor time, from `/proc`.

use std::fs;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::time::MissedTickBehavior;

/// `USER_HZ`, the unit of processor time in `/proc/PID/stat`: 100 on every architecture of Linux that
/// servers run on (proc(5), sysconf(3)).
const TICKS_PER_SECOND: f64 = 100.0;

const SAMPLE: Duration = Duration::from_millis(100);

/// Resident memory in MB of 1,000,000 bytes.
pub(crate) fn resident(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB"));
    let kibibytes: f64 = kibibytes.with_context(|| format!("no VmRSS in {path}"))?.trim().parse()?;
    Ok(kibibytes * 1_024.0 / 1e6)
}

/// Seconds of processor time that all threads of a process have used so far.
pub(crate) fn processor_time(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    ticks(&stat).map(|ticks| ticks / TICKS_PER_SECOND).with_context(|| format!("no times in {path}"))
}

/// `utime` and `stime`, the fields 14 and 15. The second field, the name, may hold spaces and brackets.
fn ticks(stat: &str) -> Option<f64> {
    let (_, after_name) = stat.rsplit_once(") ")?;
    let mut fields = after_name.split(' ').skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

/// What a process took while something ran.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// The most resident memory seen, in MB, looked at every 100 ms.
    pub(crate) peak: f64,
    /// Processor time in per cent of one core.
    pub(crate) processor: f64,
}

/// Runs the work to its end while watching a process.
pub(crate) async fn watch<T>(pid: u32, work: impl Future<Output = Result<T>>) -> Result<(T, Usage)> {
    let mut work = pin!(work);
    let (start, used) = (Instant::now(), processor_time(pid)?);
    let mut samples = tokio::time::interval(SAMPLE);
    samples.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut peak: f64 = 0.0;
    let result = loop {
        tokio::select! {
            result = &mut work => break result?,
            _ = samples.tick() => peak = peak.max(resident(pid)?),
        }
    };
    let processor = (processor_time(pid)? - used) / start.elapsed().as_secs_f64() * 100.0;
    Ok((result, Usage { peak, processor }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) 1 (b) S 1 2 3 4 5 6 7 8 9 10 250 31 0 0 20";
        assert_eq!(ticks(stat), Some(281.0));
    }

    #[tokio::test]
    async fn a_process_is_watched_while_work_runs() {
        let (answer, usage) = watch(std::process::id(), async { Ok(42) }).await.unwrap();
        assert_eq!(answer, 42);
        assert!(usage.processor >= 0.0);
        assert!(resident(std::process::id()).unwrap() > 0.1);
    }
}
