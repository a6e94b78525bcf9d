//! What the autoscaler of Kubernetes asks the database.

use crate::{frontdesk::Frontdesk, ground::Ground};

/// The texts behind `query: >-` in the manifest, as YAML folds them.
fn queries() -> Vec<String> {
    let manifest = include_str!("../../../../deploy/kubernetes/components/keda/worker-scaler.yaml");
    let blocks = manifest.split("query: >-\n").skip(1);
    blocks
        .map(|block| block.lines().take_while(|line| !line.contains(':') || line.contains("::")))
        .map(|lines| lines.map(str::trim).collect::<Vec<_>>().join(" "))
        .collect()
}

#[tokio::test]
async fn workers_are_scaled_by_how_much_is_due_and_for_how_long() {
    let [backlog, age] = queries().try_into().expect("two queries");
    let mut api = Frontdesk::unstarted(Ground::Postgres, &[("FRONTDESK__WELCOME__DELAY", "0s")]).await;
    api.role = "api";
    api.run().await;
    api.add_bot().await;
    assert_eq!((api.number(&backlog).await, api.number(&age).await), (0, 0));
    for name in ["Ana", "Bea", "Cruz"] {
        api.register(name, &format!("{name}@visitor.example")).await;
    }
    api.wait_until("all is due", async |api| api.number(&backlog).await == 3).await;
    api.wait_until("it is late", async |api| api.number(&age).await >= 1).await;
    api.told(&["channel", "pause", "person"]).await;
    assert_eq!((api.number(&backlog).await, api.number(&age).await), (0, 0), "what is paused is not late");
}
