//! The machine that measures, for the head of the report: figures mean nothing without it.

use std::fs;
use std::path::Path;
use std::thread;

/// What the machine is, as label and value; with the file system of the databases if they are on it.
pub(crate) fn describe(databases: Option<&Path>) -> Vec<(&'static str, String)> {
    let mut machine = vec![
        ("processor", format!("{} cores, {}", cores(), processor())),
        ("memory", memory()),
        ("kernel", first_line("/proc/sys/kernel/osrelease")),
        ("load average before", first_line("/proc/loadavg")),
    ];
    machine.extend(databases.map(|path| ("file system of the databases", file_system(path))));
    machine
}

fn cores() -> String {
    thread::available_parallelism().map_or_else(|_| unknown(), |cores| cores.to_string())
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(unknown, |(_, model)| model.to_owned())
}

fn memory() -> String {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = info.lines().find_map(|line| line.strip_prefix("MemTotal:")?.strip_suffix("kB"));
    let total: Option<u64> = total.and_then(|kibibytes| kibibytes.trim().parse().ok());
    total.map_or_else(unknown, |kibibytes| format!("{} MiB", kibibytes / 1_024))
}

fn first_line(path: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().next().map_or_else(unknown, str::to_owned)
}

/// The type of the mount with the longest path that holds this directory: on tmpfs a durable call is free.
fn file_system(directory: &Path) -> String {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let holding = mounts.filter(|(path, _)| directory.starts_with(path));
    holding.max_by_key(|(path, _)| path.len()).map_or_else(unknown, |(_, kind)| kind.to_owned())
}

fn unknown() -> String {
    "unknown".to_owned()
}
