//! A client of HTTP/1.1 that takes little time of the processors that it measures.
//!
//! Not here: TLS, chunked bodies, and whatever else the portal does not send over plain HTTP.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Connections to one server, kept between customers.
pub(super) struct Client {
    address: SocketAddr,
    idle: Mutex<Vec<Connection>>,
}

/// A connection to the server.
pub(super) struct Connection {
    stream: TcpStream,
    host: String,
    read: Vec<u8>,
}

/// An answer.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    /// Name and value of a cookie that was set.
    pub(super) cookie: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Client {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, idle: Mutex::default() }
    }

    pub(super) async fn take(&self) -> Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let host = format!("localhost:{}", self.address.port());
        Ok(Connection { stream, host, read: Vec::new() })
    }

    pub(super) fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

impl Connection {
    pub(super) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        cookie: &str,
        body: Option<&str>,
    ) -> Result<Reply> {
        let host = &self.host;
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n\
             cookie: {cookie}\r\n"
        );
        if let Some(body) = body {
            request.push_str(&format!(
                "origin: http://{host}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            ));
        } else {
            request.push_str("\r\n");
        }
        self.stream.write_all(request.as_bytes()).await?;
        self.reply().await
    }

    async fn reply(&mut self) -> Result<Reply> {
        self.read.clear();
        let end = loop {
            let end = self.read.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end;
            }
            self.more().await?;
        };
        let head = String::from_utf8(self.read.get(..end).unwrap_or_default().to_vec())?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("a status")?;
        let mut reply =
            Reply { status: status.parse()?, location: None, cookie: None, body: Vec::new() };
        let mut length = 0_usize;
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            match name {
                "content-length" => length = value.parse()?,
                "location" => reply.location = Some(value.to_owned()),
                "set-cookie" => reply.cookie = value.split(';').next().map(str::to_owned),
                _ => {}
            }
        }
        while self.read.len() < end + 4 + length {
            self.more().await?;
        }
        reply.body = self.read.split_off(end + 4);
        ensure!(reply.body.len() == length, "more than one answer");
        Ok(reply)
    }

    async fn more(&mut self) -> Result<()> {
        let count = self.stream.read_buf(&mut self.read).await?;
        ensure!(count > 0, "the server hung up");
        Ok(())
    }
}
