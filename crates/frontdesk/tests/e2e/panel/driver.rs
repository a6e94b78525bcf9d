//! The process that drives Chromium.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// What chromedriver says once it listens, before the number of its port.
const STARTED: &str = "started successfully on port ";

/// How long chromedriver may take to close its browsers.
const FAREWELL: Duration = Duration::from_secs(5);

/// A chromedriver on a port of its own. It ends with its browsers when it is dropped, also by a test that fails.
pub(super) struct Driver {
    process: Child,
    pub(super) address: SocketAddr,
    /// Kept open, as the process may write to it.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts one that leaves its files, and those of its browsers, in `home`.
    pub(super) fn start(home: &Path) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").env("HOME", home).env("XDG_CONFIG_HOME", home).env("XDG_CACHE_HOME", home);
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut process = started.expect("chromedriver starts; scripts/test installs it and Chromium");
        let mut output = BufReader::new(process.stdout.take().expect("an output"));
        let mut lines = output.by_ref().lines().map_while(Result::ok);
        let port = lines.find_map(|line| Some(line.split_once(STARTED)?.1.to_owned()));
        let port = port.expect("chromedriver says its port");
        let port = port.trim_end_matches('.').parse().expect("a port is a number");
        Self { process, address: SocketAddr::from(([127, 0, 0, 1], port)), _output: output }
    }

    /// Asks the process to close its browsers and to end; answers whether it did.
    fn take_leave(&mut self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(FAREWELL))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new())?;
        let step = Duration::from_millis(20);
        for _ in 0..FAREWELL.as_millis() / step.as_millis() {
            if self.process.try_wait()?.is_some() {
                return Ok(true);
            }
            sleep(step);
        }
        Ok(false)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.take_leave().unwrap_or_default() {
            // It may have ended by itself meanwhile.
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}
