package com.withampersand.sdk.webhook;

import static com.withampersand.sdk.webhook.SvixDelivery.NOON;
import static com.withampersand.sdk.webhook.SvixDelivery.SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.WebhookException.Reason;
import com.withampersand.sdk.oauth.StateSigner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {
  private static final String OTHER_SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl";
  private static final String PING = "{\"action\":\"ping\"}";

  private final WebhookVerifier verifier = at(NOON, SECRET);

  private static WebhookVerifier at(Instant now, String secret) {
    return WebhookVerifier.builder(Secret.of(secret)).clock(fixed(now)).build();
  }

  private static Clock fixed(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  private static WebhookException refused(WebhookVerifier verifier, SvixDelivery delivery) {
    WebhookException error =
        catchThrowableOfType(WebhookException.class, () -> delivery.verify(verifier));
    assertThat(error).isNotNull();
    return error;
  }

  // The examples of the scheme's public documentation

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "whsec_plJ3nmyCDGBKInavdOK15jsl | msg_loFOjxBNrRLzqYUf | 1731705121 | {\"event_type\":\"ping\",\"data\":{\"success\":true}}"
            + " | v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | msg_p5jXN8AQM9LWM0D4loKWxJek | 1614265330 | {\"test\": 2432232314}"
            + " | v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
      })
  void publishedVector_isAcceptedUnderBothNames(
      String secret, String id, String timestamp, String body, String signature) {
    WebhookVerifier then = at(Instant.ofEpochSecond(Long.parseLong(timestamp)), secret);
    SvixDelivery delivery = SvixDelivery.with(body.getBytes(UTF_8), id, timestamp, signature);

    assertThat(SvixDelivery.signature(secret, id, timestamp, body.getBytes(UTF_8)))
        .as("what the JDK makes of the vector")
        .isEqualTo(signature);
    assertThat(delivery.verify(then).id()).isEqualTo(id);
    assertThat(delivery.renamed().verify(then).message().json()).isEqualTo(body);
  }

  @Test
  void publishedVector_oneByteMore_isRefused() {
    SvixDelivery delivery =
        SvixDelivery.with(
            "{\"test\": 2432232314} ".getBytes(UTF_8),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    WebhookException error = refused(at(Instant.ofEpochSecond(1614265330), SECRET), delivery);

    assertThat(error.reason()).isEqualTo(Reason.SIGNATURE);
    assertThat(error.httpStatus()).isEqualTo(401);
    assertThat(error.isRetryable()).isFalse();
  }

  // Several signatures, several secrets

  @Test
  void severalSignatures_oneFits_isAccepted() {
    String good = SvixDelivery.signature(SECRET, "msg_1", "1795521600", PING.getBytes(UTF_8));
    String wrong = good.replaceFirst("v1,..", "v1,AA");

    for (String signatures :
        List.of(
            wrong + " " + good,
            good + " " + wrong,
            "v1a,AAAA v2,BBBB " + good + " v1,",
            "  " + good + "  ")) {
      SvixDelivery delivery =
          SvixDelivery.with(PING.getBytes(UTF_8), "msg_1", "1795521600", signatures);
      assertThat(delivery.verify(verifier).id()).as(signatures).isEqualTo("msg_1");
    }
  }

  @Test
  void anotherVersion_sameSignature_isRefused() {
    String good = SvixDelivery.signature(SECRET, "msg_1", "1795521600", PING.getBytes(UTF_8));

    for (String version : List.of("v2,", "v1a,", "V1,", "", "v1")) {
      SvixDelivery delivery =
          SvixDelivery.with(
              PING.getBytes(UTF_8), "msg_1", "1795521600", version + good.substring(3));
      assertThat(refused(verifier, delivery).reason()).isEqualTo(Reason.SIGNATURE);
    }
  }

  @Test
  void alsoSignedWith_eitherSecret_isAccepted() {
    WebhookVerifier both =
        WebhookVerifier.builder(Secret.of(OTHER_SECRET))
            .alsoSignedWith(Secret.of(SECRET))
            .clock(fixed(NOON))
            .build();

    for (String secret : List.of(SECRET, OTHER_SECRET)) {
      SvixDelivery delivery = SvixDelivery.of(PING.getBytes(UTF_8), "msg_1", NOON, secret);
      assertThat(delivery.verify(both).id()).isEqualTo("msg_1");
    }
  }

  @Test
  void suppliedSecrets_rotationWhileItRuns_isFollowed() {
    List<Secret> secrets = new CopyOnWriteArrayList<>(List.of(Secret.of(OTHER_SECRET)));
    WebhookVerifier live = WebhookVerifier.builder(() -> secrets).clock(fixed(NOON)).build();
    SvixDelivery delivery = SvixDelivery.of(PING);
    assertThat(refused(live, delivery).reason()).isEqualTo(Reason.SIGNATURE);

    secrets.add(Secret.of(SECRET));

    assertThat(delivery.verify(live).id()).isEqualTo("msg_1");
  }

  @Test
  void suppliedSecrets_noneOrBroken_isNotTheSendersFault() {
    SvixDelivery delivery = SvixDelivery.of(PING);
    List<Secret> secrets = new ArrayList<>();
    WebhookVerifier live = WebhookVerifier.builder(() -> secrets).clock(fixed(NOON)).build();

    assertThatIllegalStateException()
        .isThrownBy(() -> delivery.verify(live))
        .withMessageContaining("no signing secret was supplied");
    secrets.add(Secret.of("whsec_not*base64"));
    assertThatIllegalArgumentException().isThrownBy(() -> delivery.verify(live));
  }

  // Time

  @ParameterizedTest
  @ValueSource(ints = {0, 1, -1, 299, -299, 300, -300})
  void timestamp_withinFiveMinutes_isAccepted(int secondsLater) {
    WebhookVerifier later = at(NOON.plusSeconds(secondsLater), SECRET);

    assertThat(SvixDelivery.of(PING).verify(later).sentAt()).isEqualTo(NOON);
  }

  @ParameterizedTest
  @CsvSource({
    "301, 301 seconds old",
    "-301, 301 seconds in the future",
    "31536000, seconds old",
    "-31536000, in the future"
  })
  void timestamp_outsideFiveMinutes_isRefused(int secondsLater, String said) {
    WebhookException error =
        refused(at(NOON.plusSeconds(secondsLater), SECRET), SvixDelivery.of(PING));

    assertThat(error.reason()).isEqualTo(Reason.TIMESTAMP);
    assertThat(error).hasMessageContaining(said).hasMessageContaining("300 are allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1795521600",
        "+1795521600",
        "1795521600.0",
        " 1795521600",
        "1795521600 ",
        "0x6B05A300",
        "1.7955216E9",
        "noon",
        "１７９５５２１６００",
        "1795521600000000",
        "99999999999999999999999"
      })
  void timestamp_notSeconds_isRefusedEvenIfSigned(String timestamp) {
    String signature = SvixDelivery.signature(SECRET, "msg_1", timestamp, PING.getBytes(UTF_8));
    SvixDelivery delivery = SvixDelivery.with(PING.getBytes(UTF_8), "msg_1", timestamp, signature);

    WebhookException error = refused(verifier, delivery);

    assertThat(error.reason()).isEqualTo(Reason.HEADERS);
    assertThat(error)
        .hasMessageStartingWith("The header svix-timestamp is not a number of seconds since 1970.");
  }

  // Headers

  @ParameterizedTest
  @ValueSource(strings = {"svix-id", "svix-timestamp", "svix-signature"})
  void header_missingBlankOrRepeated_isRefused(String name) {
    List<SvixDelivery> bad =
        List.of(
            SvixDelivery.of(PING).without(name),
            SvixDelivery.of(PING).header(name),
            SvixDelivery.of(PING).header(name, ""),
            SvixDelivery.of(PING).header(name, "  "),
            SvixDelivery.of(PING).header(name, "1795521600", "1795521600"));

    for (SvixDelivery delivery : bad) {
      WebhookException error = refused(verifier, delivery);
      assertThat(error.reason()).isEqualTo(Reason.HEADERS);
      assertThat(error.httpStatus()).isEqualTo(400);
      assertThat(error).hasMessageContaining(name);
    }
  }

  @Test
  void header_nullsInTheList_areNotThere() {
    SvixDelivery delivery = SvixDelivery.of(PING);

    WebhookException error =
        catchThrowableOfType(
            WebhookException.class,
            () -> verifier.verify(delivery.body, name -> Arrays.asList((String) null)));

    assertThat(error.reason()).isEqualTo(Reason.HEADERS);
  }

  @Test
  void headers_areAskedForInLowerCase() {
    SvixDelivery delivery = SvixDelivery.of(PING);

    verifier.verify(
        delivery.body,
        name -> {
          assertThat(name).isEqualTo(name.toLowerCase(Locale.ROOT));
          return delivery.headers.get(name);
        });
  }

  @Test
  void headers_bothSets_areSvixs() {
    SvixDelivery delivery =
        SvixDelivery.of(PING)
            .header("webhook-id", "msg_other")
            .header("webhook-timestamp", "1")
            .header("webhook-signature", "v1,AAAA");

    assertThat(delivery.verify(verifier).id()).isEqualTo("msg_1");
  }

  @Test
  void id_withOtherCharacters_isRefusedEvenIfSigned() {
    for (String id : List.of("msg 1", "msg_\u00e9", "msg_\ud800", "msg_1\n", "msg\u0000")) {
      String signature = SvixDelivery.signature(SECRET, id, "1795521600", PING.getBytes(UTF_8));
      SvixDelivery delivery = SvixDelivery.with(PING.getBytes(UTF_8), id, "1795521600", signature);
      assertThat(refused(verifier, delivery).reason()).isEqualTo(Reason.HEADERS);
    }
  }

  // Secrets

  @Test
  void secret_withoutPrefixOrWithWhiteSpace_isTaken() {
    for (String secret : List.of(SECRET.substring(6), " " + SECRET + "\n")) {
      assertThat(SvixDelivery.of(PING).verify(at(NOON, secret)).id()).isEqualTo("msg_1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", // one character is missing
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa", // two are
        "whsec_MfKQ9r8GKYqr", // cut at the end of a group
        "whsec_",
        "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqr-wjUPD8ILPZIo2LaLa_w",
        "***"
      })
  void secret_cutOrNoBase64_isRefusedWithoutShowingIt(String secret) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebhookVerifier.builder(Secret.of(secret)))
        .withMessageContaining("signing secret")
        .withMessageNotContaining("MfKQ")
        .withNoCause();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> WebhookVerifier.builder(Secret.of(SECRET)).alsoSignedWith(Secret.of(secret)));
  }

  @Test
  void secret_ofTheStateSigner_isLongEnough() {
    assertThat(WebhookVerifier.builder(StateSigner.newKey()).build()).isNotNull();
  }

  // Bodies

  @Test
  void body_empty_saysWhereItMayHaveGone() {
    WebhookException error = refused(verifier, SvixDelivery.of(""));

    assertThat(error.reason()).isEqualTo(Reason.BODY);
    assertThat(error).hasMessageContaining("it was read before");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping", "{\"action\":", "{} {}", " ", "\u0000", "<html>", "{'a':1}"})
  void body_genuineButNoJson_isRefusedInOneSentence(String body) {
    WebhookException error = refused(verifier, SvixDelivery.of(body));

    assertThat(error.reason()).isEqualTo(Reason.BODY);
    assertThat(error.httpStatus()).isEqualTo(400);
    assertThat(error).hasNoCause().hasMessageStartingWith("The signature is genuine");
  }

  @Test
  void body_deeperThanAnyEvent_isRefusedAndNotFollowed() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertThat(refused(verifier, SvixDelivery.of(deep)).reason()).isEqualTo(Reason.BODY);
  }

  @Test
  @SuppressWarnings("NullAway")
  void verify_null_isAMistakeOfTheCaller() {
    SvixDelivery delivery = SvixDelivery.of(PING);

    assertThatNullPointerException()
        .isThrownBy(() -> verifier.verify(null, delivery.headers::get))
        .withMessage("body");
    assertThatNullPointerException()
        .isThrownBy(() -> verifier.verify(delivery.body, null))
        .withMessage("headers");
  }

  @Test
  void errors_showNothingOfTheWebhook() {
    String body = "{\"ssn\":\"CANARY-BODY\"}";
    List<SvixDelivery> bad =
        List.of(
            SvixDelivery.of(body).header("svix-id", "CANARY-ID", "CANARY-ID"),
            SvixDelivery.of(body).header("svix-timestamp", "CANARY-TIME"),
            SvixDelivery.of(body).header("svix-signature", "v1,CANARY-SIGNATURE"),
            SvixDelivery.of(body + "CANARY"));

    for (SvixDelivery delivery : bad) {
      WebhookException error = refused(verifier, delivery);
      assertThat(error.toString()).doesNotContain("CANARY").doesNotContain("MfKQ");
      assertThat(error).hasNoCause();
    }
  }

  // The reader

  @Test
  void read_upToTheLimit_isWhole() throws IOException {
    byte[] body = new byte[1000];

    assertThat(WebhookVerifier.read(new ByteArrayInputStream(body), 1000)).hasSize(1000);
    assertThat(WebhookVerifier.read(new ByteArrayInputStream(body))).hasSize(1000);
    assertThat(WebhookVerifier.read(InputStream.nullInputStream())).isEmpty();
    assertThat(WebhookVerifier.read(new ByteArrayInputStream(body), Integer.MAX_VALUE))
        .hasSize(1000);
  }

  @Test
  void read_bodyWithoutEnd_isGivenUpOneByteBehindTheLimit() {
    Endless body = new Endless();

    WebhookException error =
        catchThrowableOfType(WebhookException.class, () -> WebhookVerifier.read(body));

    assertThat(error.reason()).isEqualTo(Reason.BODY_TOO_LONG);
    assertThat(error.httpStatus()).isEqualTo(413);
    assertThat(error).hasMessageContaining("longer than 1048576 bytes");
    assertThat(body.read).isEqualTo(WebhookVerifier.MAX_BODY_BYTES + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void read_limitNotPositive_isRefused(int limit) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebhookVerifier.read(InputStream.nullInputStream(), limit));
  }

  private static final class Endless extends InputStream {
    private long read;

    @Override
    public int read() {
      read++;
      return 'x';
    }

    @Override
    public int read(byte[] bytes, int start, int length) {
      read += length;
      return length;
    }
  }

  @Test
  void tolerance_isFiveMinutesByTheSystemsClockToo() {
    WebhookVerifier now = WebhookVerifier.builder(Secret.of(SECRET)).build();
    Instant sent = Instant.now().minus(Duration.ofMinutes(4));

    AmpersandEvent event = SvixDelivery.of(PING.getBytes(UTF_8), "msg_1", sent, SECRET).verify(now);

    assertThat(event.sentAt().getEpochSecond()).isEqualTo(sent.getEpochSecond());
  }
}
