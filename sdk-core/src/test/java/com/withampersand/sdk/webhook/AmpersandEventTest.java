package com.withampersand.sdk.webhook;

import static com.withampersand.sdk.webhook.SvixDelivery.NOON;
import static com.withampersand.sdk.webhook.SvixDelivery.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.webhook.AmpersandEvent.AsyncWriteEnded;
import com.withampersand.sdk.webhook.AmpersandEvent.BackfillDone;
import com.withampersand.sdk.webhook.AmpersandEvent.ByUrl;
import com.withampersand.sdk.webhook.AmpersandEvent.Change;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionChanged;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionFailed;
import com.withampersand.sdk.webhook.AmpersandEvent.Entry;
import com.withampersand.sdk.webhook.AmpersandEvent.Inline;
import com.withampersand.sdk.webhook.AmpersandEvent.InstallationChanged;
import com.withampersand.sdk.webhook.AmpersandEvent.Other;
import com.withampersand.sdk.webhook.AmpersandEvent.ReadPaused;
import com.withampersand.sdk.webhook.AmpersandEvent.ReadResult;
import com.withampersand.sdk.webhook.AmpersandEvent.SubscribeFailed;
import com.withampersand.sdk.webhook.AmpersandEvent.SubscribeResult;
import com.withampersand.sdk.webhook.AmpersandEvent.TriggeredReadEnded;
import com.withampersand.sdk.webhook.AmpersandEvent.WebhookDisabled;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmpersandEventTest {
  private static final String CUSTOMER =
      "\"projectId\":\"p\",\"provider\":\"salesforce\",\"groupRef\":\"acme\",\"consumerRef\":\"ada\"";

  private static AmpersandEvent event(String json) {
    return SvixDelivery.of(json)
        .verify(
            WebhookVerifier.builder(Secret.of(SECRET))
                .clock(Clock.fixed(NOON, ZoneOffset.UTC))
                .build());
  }

  private static AmpersandEvent notification(String type, String members) {
    return event(
        "{\"notificationType\":\"%s\",\"data\":{%s%s}}".formatted(type, CUSTOMER, members));
  }

  @Test
  void connectionError_namesConnectionCustomerAndErrors() {
    AmpersandEvent event =
        notification(
            "connection.error",
            ",\"connectionId\":\"c-1\",\"errors\":[\"Authentication failed\",\"token eyJhbGciOiJSUzI1NiJ9.e30.c2ln\\nis over\"],\"error\":[\"old\"]");

    assertThat(event).isInstanceOf(ConnectionFailed.class);
    ConnectionFailed failed = (ConnectionFailed) event;
    assertThat(failed.connectionId()).isEqualTo("c-1");
    assertThat(failed.errors()).containsExactly("Authentication failed", "token *** is over");
    assertThat(failed.connection()).contains(new ConnectionKey("salesforce", "acme", "ada"));
    assertThat(failed.id()).isEqualTo("msg_1");
    assertThat(failed.sentAt()).isEqualTo(NOON);
    assertThat(failed.type()).isEqualTo("connection.error");
  }

  @Test
  void read_ofAGroupWithoutConsumer_namesGroupAndInstallation() {
    AmpersandEvent event =
        event(
            "{\"action\":\"read\",\"groupRef\":\"acme\",\"installationId\":\"i-1\",\"objectName\":\"Contact\","
                + "\"result\":[],\"data\":{\"more\":1}}");

    assertThat(event).isInstanceOf(ReadResult.class);
    assertThat(((ReadResult) event).objectName()).isEqualTo("Contact");
    assertThat(event.connection()).isEmpty();
    assertThat(event.groupRef()).contains("acme");
    assertThat(event.installation()).contains("i-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"Authentication failed\"]", "\"Authentication failed\""})
  void connectionError_olderMemberAlone_isRead(String error) {
    AmpersandEvent event =
        notification("connection.error", ",\"connectionId\":\"c-1\",\"error\":" + error);

    assertThat(((ConnectionFailed) event).errors()).containsExactly("Authentication failed");
  }

  @ParameterizedTest
  @CsvSource({
    "connection.created, CREATED",
    "connection.refreshed, REFRESHED",
    "connection.updated, UPDATED",
    "connection.deleted, DELETED",
    "Connection.Refreshed, REFRESHED"
  })
  void connectionChange_isTyped(String type, Change change) {
    AmpersandEvent event = notification(type, ",\"connectionId\":\"c-1\"");

    assertThat(event)
        .isEqualTo(new ConnectionChanged(event.message(), change, "c-1"))
        .returns(type, AmpersandEvent::type);
  }

  @ParameterizedTest
  @CsvSource({
    "installation.created, CREATED",
    "installation.updated, UPDATED",
    "installation.deleted, DELETED"
  })
  void installationChange_isTyped(String type, Change change) {
    AmpersandEvent event =
        notification(type, ",\"installationId\":\"i-1\",\"config\":{\"read\":{}}");

    assertThat(event).isEqualTo(new InstallationChanged(event.message(), change, "i-1"));
    assertThat(event.message().data()).containsKey("config");
  }

  @Test
  void otherNotifications_areTyped() {
    AmpersandEvent backfill = notification("read.backfill.done", ",\"objectName\":\"Account\"");
    AmpersandEvent paused = notification("read.schedule.paused", ",\"error\":\"No access\"");
    AmpersandEvent done = notification("read.triggered.done", ",\"objectName\":\"Account\"");
    AmpersandEvent failed =
        notification("read.triggered.error", ",\"objectName\":\"Account\",\"error\":\"No access\"");
    AmpersandEvent write =
        notification(
            "write.async.done",
            ",\"objectName\":\"Account\",\"success\":false,\"successfulRecordIds\":[\"1\"],\"errors\":[\"2 is locked\"]");
    AmpersandEvent subscribe = notification("subscribe.create.error", ",\"error\":\"403\"");
    AmpersandEvent disabled =
        notification("destination.webhook.disabled", ",\"destinationName\":\"alerts\"");

    List<String> noAccess = List.of("No access");
    assertThat(backfill).isEqualTo(new BackfillDone(backfill.message(), "Account"));
    assertThat(paused).isEqualTo(new ReadPaused(paused.message(), noAccess));
    assertThat(done).isEqualTo(new TriggeredReadEnded(done.message(), "Account", true, List.of()));
    assertThat(failed)
        .isEqualTo(new TriggeredReadEnded(failed.message(), "Account", false, noAccess));
    assertThat(write)
        .isEqualTo(
            new AsyncWriteEnded(
                write.message(), "Account", false, List.of("1"), List.of("2 is locked")));
    assertThat(subscribe).isEqualTo(new SubscribeFailed(subscribe.message(), List.of("403")));
    assertThat(disabled).isEqualTo(new WebhookDisabled(disabled.message(), "alerts"));
  }

  @Test
  void read_inline_hasItsRecords() {
    AmpersandEvent event =
        event(
            "{\"action\":\"read\","
                + CUSTOMER
                + ",\"objectName\":\"Contact\",\"readType\":\"backfill\",\"resultInfo\":{\"type\":\"inline\",\"numRecords\":1},"
                + "\"result\":[{\"fields\":{\"id\":\"003\",\"phone\":null,\"revenue\":1.5},\"mappedFields\":{\"pronoun\":\"she\"},\"raw\":{\"Id\":\"003\"}}]}");

    ReadResult read = (ReadResult) event;
    Entry entry = ((Inline) read.result()).entries().get(0);
    assertThat(read.objectName()).isEqualTo("Contact");
    assertThat(read.message().text("readType")).contains("backfill");
    assertThat(read.connection()).contains(new ConnectionKey("salesforce", "acme", "ada"));
    assertThat(entry.fields()).containsEntry("id", "003").containsEntry("phone", null);
    assertThat(entry.mappedFields()).containsEntry("pronoun", "she");
    assertThat(entry.raw()).containsEntry("Id", "003");
    assertThat(entry.eventType()).isEmpty();
  }

  @Test
  void subscribe_saysWhatHappenedToEachRecord() {
    AmpersandEvent event =
        event(
            "{\"action\":\"subscribe\",\"objectName\":\"company\",\"result\":[{\"subscribeEventType\":\"update\",\"raw\":{\"Id\":\"001\"}},"
                + "{\"subscribeEventType\":\"delete\"}],\"resultInfo\":{\"numRecords\":2,\"type\":\"inline\"}}");

    Inline records = (Inline) ((SubscribeResult) event).result();
    assertThat(records.entries())
        .extracting(entry -> entry.eventType().orElse(""))
        .containsExactly("update", "delete");
    assertThat(event.connection()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"downloadUrl", "downloadURL", "download_url"})
  void read_tooLargeForAWebhook_isByUrlAndDoesNotShowIt(String name) {
    AmpersandEvent event =
        event(
            "{\"action\":\"read\",\"objectName\":\"Contact\",\"resultInfo\":{\"type\":\"url\",\"numRecords\":1,\""
                + name
                + "\":\"https://storage.example/records?sig=CANARY\"}}");

    ByUrl result = (ByUrl) ((ReadResult) event).result();
    assertThat(result.downloadUrl()).hasToString("https://storage.example/records?sig=CANARY");
    assertThat(result + " " + event + " " + event.message()).doesNotContain("CANARY");
    assertThat(result).hasToString("records at storage.example");
  }

  @Test
  void members_inEitherCase_areFoundAndTheExactOneGoesFirst() {
    AmpersandEvent event =
        event(
            "{\"notification_type\":\"connection.refreshed\",\"data\":{\"connection_id\":\"c-1\",\"configURL\":\"https://a\",\"group_ref\":\"x\",\"groupRef\":\"acme\"}}");

    assertThat(event).isInstanceOf(ConnectionChanged.class);
    assertThat(((ConnectionChanged) event).connectionId()).isEqualTo("c-1");
    assertThat(event.message().text("configUrl")).contains("https://a");
    assertThat(event.message().text("groupRef")).contains("acme");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"notificationType\":\"subscribe.create.success\",\"data\":{}}",
        "{\"notificationType\":\"connection.error\",\"data\":{\"errors\":[\"no id\"]}}",
        "{\"notificationType\":\"connection.error\",\"data\":{\"connectionId\":7}}",
        "{\"notificationType\":\"connection.error\"}",
        "{\"notificationType\":\"write.async.done\",\"data\":{\"success\":\"yes\"}}",
        "{\"action\":\"read\"}",
        "{\"action\":\"read\",\"resultInfo\":{\"type\":\"url\"}}",
        "{\"action\":\"read\",\"resultInfo\":{\"type\":\"url\",\"downloadUrl\":\"not a url\"}}",
        "{\"action\":\"read\",\"resultInfo\":{\"type\":\"url\",\"downloadUrl\":\"ftp://x/y\"}}",
        "{\"action\":\"read\",\"resultInfo\":{\"type\":\"url\",\"downloadUrl\":\"http://169.254.169.254/x\"}}",
        "{\"action\":\"read\",\"resultInfo\":{\"type\":\"stream\"},\"result\":{}}",
        "{\"action\":\"search\",\"result\":[]}",
        "{\"action\":null}",
        "{}",
        "[]",
        "[{\"action\":\"read\"}]",
        "null",
        "7",
        "\"connection.error\""
      })
  void unknownTypeOrMissingMember_isKeptAsItCame(String json) {
    AmpersandEvent event = event(json);

    assertThat(event).isInstanceOf(Other.class);
    assertThat(event.message().json()).isEqualTo(json);
    assertThat(event.id()).isEqualTo("msg_1");
  }

  @Test
  void unknownMembers_areKept() {
    AmpersandEvent event =
        notification(
            "connection.created", ",\"connectionId\":\"c-1\",\"addedLater\":[1,null,{\"a\":true}]");

    assertThat(event.message().data())
        .hasEntrySatisfying(
            "addedLater", value -> assertThat(value).asString().isEqualTo("[1, null, {a=true}]"));
  }

  @Test
  void names_thatAreNoKey_areNoConnection() {
    AmpersandEvent event =
        event(
            "{\"notificationType\":\"connection.created\",\"data\":{\"connectionId\":\"c-1\",\"provider\":\"a\\u0000\",\"groupRef\":\"g\",\"consumerRef\":\"c\"}}");

    assertThat(event.connection()).isEmpty();
  }

  @Test
  void print_ofAnyEvent_showsNoCustomersData() {
    List<AmpersandEvent> events =
        List.of(
            notification(
                "connection.error", ",\"connectionId\":\"CANARY\",\"errors\":[\"CANARY\"]"),
            notification("read.schedule.paused", ",\"error\":\"CANARY\""),
            notification("destination.webhook.disabled", ",\"destinationName\":\"CANARY\""),
            event(
                "{\"action\":\"read\",\"objectName\":\"CANARY\",\"result\":[{\"raw\":\"CANARY\"}]}"),
            event("{\"action\":\"later\",\"secret\":\"CANARY\"}"),
            event("{\"action\":\"later 5Aep861CANARYxvFHRBTTbf\"}"));

    assertThat(events).allSatisfy(event -> assertThat(event.toString()).doesNotContain("CANARY"));
    assertThat(((ReadResult) events.get(3)).result().toString()).isEqualTo("1 entries");
    assertThat(events.get(0)).hasToString("connection.error msg_1 of 2026-11-24T12:00:00Z");
  }
}
