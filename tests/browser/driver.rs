//! Opens a page in headless Chromium.
//!
//! Promises: a page opened by [`on_page`] fails the test if it requests anything but itself or
//! writes to the console. The browser is ended in any case.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// An open page.
pub(crate) struct Page {
    client: Client,
}

/// The process that drives the browser; it ends with its value.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        // It chooses a port before it takes it, so another can be faster.
        let mut tries = (0..10).filter_map(|_| Self::try_to_start());
        tries.next().expect("chromedriver tells its port")
    }

    fn try_to_start() -> Option<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver is installed");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // "ChromeDriver was started successfully on port 41233."
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // Dropped, and so ended, where it told none.
        let driver = Self {
            process,
            port: port.unwrap_or(0),
        };
        port.map(|_| driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Opens `html` from a file and hands it to `work`.
pub(crate) fn on_page(html: &str, work: impl AsyncFnOnce(&Page)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lesson.html");
    std::fs::write(&file, html).unwrap();
    let address = url::Url::from_file_path(&file).unwrap();
    let profile = folder.path().join("profile");
    let options = json!({
        "goog:chromeOptions": { "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-first-run", "--disable-smooth-scrolling", format!("--user-data-dir={}", profile.display()),
        ] },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        "unhandledPromptBehavior": "ignore",
    });
    let driver = Driver::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(options.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap();
        let page = Page { client };
        // What the browser's own first page asked for is none of ours.
        page.client.goto("about:blank").await.unwrap();
        page.log("browser").await;
        page.log("performance").await;
        page.client.goto(address.as_str()).await.unwrap();
        work(&page).await;
        page.stayed_quiet(&address).await;
        page.client.close().await.unwrap();
    });
}

impl Page {
    /// What a script returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Clicks what is there, as with a mouse.
    pub(crate) async fn click(&self, selector: &str) {
        let found = self.client.find(Locator::Css(selector)).await.unwrap();
        found.click().await.unwrap();
    }

    /// Presses a key where the focus is.
    pub(crate) async fn press(&self, key: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(key).await.unwrap();
    }

    /// The page as PDF.
    pub(crate) async fn print(&self) -> Vec<u8> {
        self.client
            .print(fantoccini::wd::PrintConfiguration::default())
            .await
            .unwrap()
    }

    /// Gives the page so many pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.command(Extension {
            name: "goog/cdp/execute",
            body: json!({
                "cmd": "Emulation.setDeviceMetricsOverride",
                "params": { "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false },
            }),
        })
        .await;
    }

    async fn command(&self, command: Extension) -> Value {
        self.client.issue_cmd(command).await.unwrap()
    }

    /// What the browser logged of one kind since this was asked last.
    async fn log(&self, kind: &str) -> Vec<Value> {
        let entries = Extension {
            name: "se/log",
            body: json!({ "type": kind }),
        };
        self.command(entries).await.as_array().unwrap().clone()
    }

    /// Nothing on the console, and no request but that for the page.
    async fn stayed_quiet(&self, address: &url::Url) {
        assert_eq!(self.log("browser").await, Vec::<Value>::new());
        let mut asked_for = Vec::new();
        for entry in self.log("performance").await {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            if message["message"]["method"] == "Network.requestWillBeSent" {
                let url = &message["message"]["params"]["request"]["url"];
                asked_for.push(url.as_str().unwrap().to_owned());
            }
        }
        assert_eq!(asked_for, [address.as_str()]);
    }
}

/// A command that only Chromium knows.
#[derive(Debug)]
struct Extension {
    name: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base_url: &url::Url,
        session_id: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base_url.join(&format!(
            "session/{}/{}",
            session_id.unwrap_or_default(),
            self.name
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
