//! What a browser does for somebody who is signed in: it keeps who it is, and sends forms with all of their fields.

use domain::agent::Role;

use crate::{
    client::{Request, Response},
    desk::{Desk, PASSWORD},
};

/// A browser without a script.
pub(crate) struct Browser<'d> {
    desk: &'d Desk,
    cookie: String,
}

impl<'d> Browser<'d> {
    /// For somebody who may read.
    pub(crate) fn of_viewer(desk: &'d Desk) -> Self {
        Self::of(desk, "viewer@example.com", Role::Viewer)
    }

    /// For somebody who works on tickets.
    pub(crate) fn of_agent(desk: &'d Desk) -> Self {
        Self::of(desk, "agent@example.com", Role::Agent)
    }

    /// For somebody who may do everything.
    pub(crate) fn of_admin(desk: &'d Desk) -> Self {
        Self::of(desk, "admin@example.com", Role::Admin)
    }

    fn of(desk: &'d Desk, email: &str, role: Role) -> Self {
        desk.add_agent(email, role);
        let mut browser = Self::of_nobody(desk);
        let signed_in = browser.sign_in(email, PASSWORD);
        assert_eq!(signed_in.status, 303, "{}", signed_in.text());
        browser
    }

    /// For somebody who is not signed in.
    pub(crate) const fn of_nobody(desk: &'d Desk) -> Self {
        Self { desk, cookie: String::new() }
    }

    /// Signs in, and keeps the session.
    pub(crate) fn sign_in(&mut self, email: &str, password: &str) -> Response {
        let fields = [("email", email), ("password", password)];
        let answer = self.submit("/admin/sign-in", "/admin/sign-in", &fields);
        self.keep_session(&answer);
        answer
    }

    /// Keeps the session that an answer begins.
    pub(crate) fn keep_session(&mut self, answer: &Response) {
        if let Some(cookie) = answer.header("set-cookie") {
            cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
        }
    }

    /// For somebody who may do everything, for somebody who works on tickets, and for somebody who may read.
    pub(crate) fn of_everybody(desk: &'d Desk) -> [Self; 3] {
        [Self::of_admin(desk), Self::of_agent(desk), Self::of_viewer(desk)]
    }

    /// Asserts that a form is refused without its token, with another one, from another host, and from somebody who may
    /// too little.
    pub(crate) fn guards(&self, lesser: &Self, path: &str, filled: &[(String, String)]) {
        let tokenless: Vec<_> = filled.iter().filter(|(name, _)| name != "form_token").cloned().collect();
        let with_other = [tokenless.clone(), vec![("form_token".to_owned(), "other".to_owned())]].concat();
        for forged in [&tokenless, &with_other] {
            assert_eq!(self.post(path, forged).status, 403, "{path}");
        }
        let elsewhere = self.request(path, filled).header("Origin", "https://elsewhere.example");
        assert_eq!(elsewhere.send().status, 403, "{path}");
        assert_eq!(lesser.post(path, filled).status, 403, "{path}");
    }

    /// A page.
    pub(crate) fn open(&self, path: &str) -> Response {
        self.ask(path).send()
    }

    /// Asks for something that goes on, or for a page as its script does.
    pub(crate) fn ask(&self, path: &str) -> Request {
        self.desk.request("GET", path).header("Cookie", &self.cookie)
    }

    /// A page that is there.
    pub(crate) fn read(&self, path: &str) -> String {
        let page = self.open(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        page.text().to_owned()
    }

    /// Fills in a form, whose action is `path`, on the page `from`: all of its hidden fields, and these.
    pub(crate) fn fill(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let page = self.open(from);
        let mut filled = Self::fields_of(page.text(), path);
        filled.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        filled
    }

    /// The hidden fields of the form on a page whose action is `path`.
    pub(crate) fn fields_of(page: &str, path: &str) -> Vec<(String, String)> {
        let action = format!("action=\"{path}\"");
        let mut forms = page.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next());
        let form = forms.find(|form| form.contains(&action));
        hidden_fields(form.unwrap_or_else(|| panic!("no form for {path} in {page}")))
    }

    /// Fills in a form and sends it.
    pub(crate) fn submit(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post(path, &self.fill(from, path, fields))
    }

    /// Sends a form, wherever it comes from.
    pub(crate) fn post(&self, path: &str, fields: &[(String, String)]) -> Response {
        self.request(path, fields).send()
    }

    /// Sends a form with a file.
    pub(crate) fn upload(&self, path: &str, fields: &[(String, String)], file: &[u8]) -> Response {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\
                    Content-Type: text/csv\r\n\r\n";
        let body = [body, head.into(), file.to_vec(), b"\r\n--x--\r\n".to_vec()].concat();
        let request = self.desk.request("POST", path).header("Cookie", &self.cookie);
        request.header("Content-Type", "multipart/form-data; boundary=x").body(body).send()
    }

    /// A form on its way.
    pub(crate) fn request(&self, path: &str, fields: &[(String, String)]) -> Request {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.desk.request("POST", path).header("Cookie", &self.cookie);
        request.header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }
}

fn hidden_fields(form: &str) -> Vec<(String, String)> {
    let hidden = form.split("<input type=\"hidden\"").skip(1);
    hidden.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
}

pub(super) fn attribute(tag: &str, name: &str) -> String {
    let after = tag.split(&format!("{name}=\"")).nth(1).unwrap_or_default();
    let value = after.split('"').next().unwrap_or_default();
    value
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}
