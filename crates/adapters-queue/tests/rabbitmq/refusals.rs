//! What somebody has to mend is said in a sentence that helps.

use adapters_queue::{BrokerError, BrokerHealth, RabbitMqQueue, RabbitMqSettings};
use application::ports::NotificationQueue;
use lapin::uri::AMQPUri;

use crate::broker::{Names, broker_url, eventually, mails};

async fn refusal(settings: &RabbitMqSettings) -> BrokerError {
    let queue = RabbitMqQueue::new(settings).expect("settings");
    let error = queue.connect().await.expect_err("it is refused");
    assert!(error.needs_change(), "{error}");
    (*error).clone()
}

fn changed(change: impl FnOnce(&mut AMQPUri)) -> String {
    let mut uri: AMQPUri = broker_url().parse().expect("the broker's URL");
    change(&mut uri);
    uri.to_string()
}

#[tokio::test]
async fn a_wrong_password_is_told_apart() {
    let names = Names::fresh().await;
    let url = changed(|uri| "wrong-secret".clone_into(&mut uri.authority.userinfo.password));
    let error = refusal(&names.settings(&url)).await;
    assert!(matches!(error, BrokerError::LoginRefused(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("wrong-secret"));
}

#[tokio::test]
async fn a_missing_virtual_host_is_told_apart() {
    let names = Names::fresh().await;
    let url = changed(|uri| "nobody-made-this".clone_into(&mut uri.vhost));
    let error = refusal(&names.settings(&url)).await;
    assert!(matches!(error, BrokerError::VhostRefused(_)), "{error:?}");
}

#[tokio::test]
async fn a_queue_declared_otherwise_is_named_and_used_once_it_is_deleted() {
    let names = Names::fresh().await;
    names.declare_classic_queue("email").await;
    let queue = RabbitMqQueue::new(&names.settings(&broker_url())).expect("settings");
    let error = queue.connect().await.expect_err("it is refused");
    assert!(matches!(*error, BrokerError::DeclaredOtherwise { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!(
            "queue {} was declared otherwise in RabbitMQ: delete it there or change FRONTDESK__AMQP__PREFIX",
            names.named("email")
        )
    );
    queue.publish(&mails(1, 1)).await.expect_err("there is no connection");
    names.delete_queue("email").await;
    eventually(async || matches!(queue.health(), BrokerHealth::Connected).then_some(())).await;
    queue.publish(&mails(1, 1)).await.expect("it publishes");
}

#[tokio::test]
async fn an_exchange_declared_otherwise_is_named() {
    let names = Names::fresh().await;
    names.declare_direct_exchange("notifications").await;
    let error = refusal(&names.settings(&broker_url())).await;
    let BrokerError::DeclaredOtherwise { object, .. } = error else { panic!("{error:?}") };
    assert_eq!(object, format!("exchange {}", names.named("notifications")));
}

#[tokio::test]
async fn a_port_where_nobody_listens_may_heal_by_itself() {
    let names = Names::fresh().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let url = format!("amqp://127.0.0.1:{port}");
    let queue = RabbitMqQueue::new(&names.settings(&url)).expect("settings");
    let error = queue.connect().await.expect_err("nobody is there");
    assert!(matches!(*error, BrokerError::Unreachable(_)) && !error.needs_change(), "{error:?}");
}
