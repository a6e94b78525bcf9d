//! What a browser does for somebody who is signed in: it keeps who it is, and sends forms with all of their fields.

use crate::{client::Response, desk::Desk};

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

    /// For somebody who works on tickets.
    pub(crate) fn of_agent(desk: &'d Desk) -> Self {
        let [_, agent, _] = desk.tokens();
        Self { desk, secret: agent }
    }

    /// For somebody who may do everything.
    pub(crate) fn of_admin(desk: &'d Desk) -> Self {
        let [.., admin] = desk.tokens();
        Self { desk, secret: admin }
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

    /// Fills in a form, whose action is `path`, on the page `from`, and sends it.
    pub(crate) fn submit(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.read(from);
        let form = page.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or(rest));
        let action = format!("action=\"{path}\"");
        let form = form.into_iter().find(|form| form.contains(&action));
        let mut sent = hidden_fields(form.unwrap_or_else(|| panic!("no form for {path} in {page}")));
        sent.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(path, &sent)
    }

    /// Sends a form that stands on no page.
    pub(crate) fn post(&self, path: &str, fields: &[(String, String)]) -> Response {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.desk.request("POST", path).bearer(&self.secret);
        request.header("Content-Type", "application/x-www-form-urlencoded").body(body).send()
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
