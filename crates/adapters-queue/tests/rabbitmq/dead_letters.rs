//! What is not ours is put aside.

use application::ports::NotificationQueue;
use domain::channel::ChannelKind::Slack;
use lapin::{
    BasicProperties,
    options::{BasicGetOptions, BasicPublishOptions},
};
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::broker::{Names, channel, claimed, eventually, mails, subscribe, take};

async fn publish_raw(names: &Names, routing_key: &str, body: &[u8]) {
    let (connection, channel) = channel().await;
    let exchange = names.named("notifications").as_str().into();
    channel
        .basic_publish(
            exchange,
            routing_key.into(),
            BasicPublishOptions::default(),
            body,
            BasicProperties::default(),
        )
        .await
        .expect("it publishes")
        .await
        .expect("it is written");
    // A goodbye is answered after everything before it.
    connection.close(200, "done".into()).await.expect("it closes");
}

async fn dead_letter(names: &Names) -> Vec<u8> {
    let (_connection, channel) = channel().await;
    eventually(async || {
        let queue = names.named("dead-letters").as_str().into();
        let message = channel.basic_get(queue, BasicGetOptions { no_ack: true }).await.expect("it looks");
        message.map(|message| message.delivery.data)
    })
    .await
}

#[tokio::test]
async fn a_message_that_is_not_ours_is_counted_put_aside_and_holds_up_nothing() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let names = Names::fresh().await;
    let queue = names.queue().await;
    publish_raw(&names, "email", b"buy now").await;
    queue.publish(&mails(1, 3)).await.expect("it publishes");
    let mut subscription = subscribe(&queue).await;
    assert_eq!(claimed(&take(&mut *subscription, 3).await), mails(1, 3));
    assert_eq!(dead_letter(&names).await, b"buy now");
    let counted = recorder.handle().render();
    assert!(counted.contains(r#"frontdesk_queue_unreadable_total{kind="email"} 1"#), "{counted}");
}

#[tokio::test]
async fn a_mail_among_chats_is_put_aside() {
    let names = Names::fresh().await;
    let queue = names.queue().await;
    queue.publish(&mails(1, 1)).await.expect("it publishes");
    let (_connection, channel) = channel().await;
    let mail = eventually(async || {
        let options = BasicGetOptions { no_ack: true };
        channel.basic_get(names.named("email").as_str().into(), options).await.expect("it looks")
    })
    .await;
    publish_raw(&names, "slack", &mail.delivery.data).await;
    let _chats = queue.subscribe(Slack, 10).await.expect("it subscribes");
    assert_eq!(dead_letter(&names).await, mail.delivery.data);
}
