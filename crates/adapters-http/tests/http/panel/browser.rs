//! What a browser does for somebody who is signed in: it keeps who it is, and sends forms with all of their fields.

use crate::{
    client::{Request, Response},
    desk::Desk,
};

/// A browser without a script.
pub(crate) struct Browser<'d> {
    desk: &'d Desk,
    secret: String,
}

impl<'d> Browser<'d> {
    /// For somebody who may read.
    pub(crate) fn of_viewer(desk: &'d Desk) -> Self {
        let [viewer, ..] = desk.tokens();
        Self { desk, secret: viewer }
    }

    /// For somebody who works on tickets, and for somebody who may read.
    pub(crate) fn of_agent_and_viewer(desk: &'d Desk) -> (Self, Self) {
        let [viewer, agent, _] = desk.tokens();
        (Self { desk, secret: agent }, Self { desk, secret: viewer })
    }

    /// For somebody who works on tickets.
    pub(crate) fn of_agent(desk: &'d Desk) -> Self {
        Self::of_agent_and_viewer(desk).0
    }

    /// For somebody who may do everything, for somebody who works on tickets, and for somebody who may read.
    pub(crate) fn of_everybody(desk: &'d Desk) -> [Self; 3] {
        let [viewer, agent, admin] = desk.tokens();
        [admin, agent, viewer].map(|secret| Self { desk, secret })
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
        self.desk.request("GET", path).bearer(&self.secret).send()
    }

    /// A page that is there.
    pub(crate) fn read(&self, path: &str) -> String {
        let page = self.open(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        page.text().to_owned()
    }

    /// Fills in a form, whose action is `path`, on the page `from`: all of its hidden fields, and these.
    pub(crate) fn fill(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let page = self.read(from);
        let action = format!("action=\"{path}\"");
        let mut forms = page.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next());
        let form = forms.find(|form| form.contains(&action));
        let mut filled = hidden_fields(form.unwrap_or_else(|| panic!("no form for {path} in {page}")));
        filled.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        filled
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
        let request = self.desk.request("POST", path).bearer(&self.secret);
        request.header("Content-Type", "multipart/form-data; boundary=x").body(body).send()
    }

    /// A form on its way.
    pub(crate) fn request(&self, path: &str, fields: &[(String, String)]) -> Request {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.desk.request("POST", path).bearer(&self.secret);
        request.header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }
}

fn hidden_fields(form: &str) -> Vec<(String, String)> {
    let hidden = form.split("<input type=\"hidden\"").skip(1);
    hidden.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
}

fn attribute(tag: &str, name: &str) -> String {
    let after = tag.split(&format!("{name}=\"")).nth(1).unwrap_or_default();
    let value = after.split('"').next().unwrap_or_default();
    value
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}
