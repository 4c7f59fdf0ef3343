package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that arrive when something else has become of the grant. */
@Timeout(60)
class LateAnswerTest {
  private final Deployment deployment = new Deployment();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);
  private final AtomicReference<@Nullable String> connection = new AtomicReference<>();
  private final CountDownLatch importArrived = new CountDownLatch(1);
  private final CountDownLatch imports = new CountDownLatch(1);

  @AfterEach
  void stop() {
    answers.countDown();
    imports.countDown();
    deployment.close();
  }

  /** A recipient whose import a test holds up. */
  private final class Recipient implements GrantRecipient {
    @Override
    public String take(ConnectionKey key, TokenSet tokens, Duration limit) {
      importArrived.countDown();
      await(imports);
      connection.set("connection-1");
      return "connection-1";
    }

    @Override
    public Optional<String> find(ConnectionKey key) {
      return Optional.ofNullable(connection.get());
    }

    @Override
    public TokenSet tokens(String connectionId, boolean force) {
      return renewer.tokens("kept", deployment.time);
    }

    @Override
    public void delete(String connectionId) {
      connection.set(null);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      TestStore.<RuntimeException>sneaky(e);
    }
  }

  private FreshTokens process() {
    return deployment.started(deployment.builder().renewer(renewer).recipient(new Recipient()));
  }

  /** Sends a refresh whose answer the test holds up, until the grant is in doubt for all. */
  private Future<TokenSet> slowRefresh(FreshTokens process) {
    process.save(ADA, renewer.tokens("ada", deployment.time));
    renewer.answer =
        sent -> {
          renewer.answer = renewer::renewed;
          arrived.countDown();
          await(answers);
          return renewer.renewed(sent);
        };
    Future<TokenSet> slow = deployment.async(() -> process.refresh(ADA));
    await(arrived);
    deployment.busy = 1;
    deployment.pass(Duration.ofSeconds(11));
    return slow;
  }

  private void answer(Future<?> slow) {
    answers.countDown();
    attempt(slow::get);
    deployment.busy = 0;
    deployment.settle();
  }

  @Test
  void disconnect_lateAnswerWhileItIsRevoked_newTokensAreRevokedToo() throws Throwable {
    FreshTokens a = process();
    FreshTokens b = process();
    Future<TokenSet> slow = slowRefresh(a);
    CountDownLatch revoking = new CountDownLatch(1);
    CountDownLatch revoked = new CountDownLatch(1);
    renewer.onRevoke =
        () -> {
          renewer.onRevoke = () -> {};
          revoking.countDown();
          revoked.await();
        };
    Future<Boolean> disconnect = deployment.async(() -> b.disconnect(ADA));
    await(revoking);
    deployment.busy = 1;
    answers.countDown();
    attempt(slow::get);
    deployment.settle();
    Kind meanwhile = deployment.kind(b);

    revoked.countDown();
    join(disconnect);
    deployment.busy = 0;
    deployment.pass(Duration.ofSeconds(40));

    assertThat(meanwhile).isEqualTo(Kind.DISCONNECTING);
    assertThat(deployment.kind(b)).isEqualTo(Kind.ABSENT);
    assertThat(renewer.revokedTokens)
        .extracting(tokens -> tokens.accessToken().reveal())
        .contains("AT-ada.1", "AT-ada.2");
  }

  @Test
  void disconnect_lateAnswerAfterItIsDeleted_isRevokedAndNotStored() throws Throwable {
    FreshTokens a = process();
    FreshTokens b = process();
    Future<TokenSet> slow = slowRefresh(a);
    assertThat(b.disconnect(ADA)).isTrue();

    answer(slow);
    deployment.pass(Duration.ofSeconds(10));

    assertThat(deployment.kind(a)).isEqualTo(Kind.ABSENT);
    assertThat(renewer.revokedTokens)
        .extracting(tokens -> tokens.accessToken().reveal())
        .containsExactly("AT-ada.1", "AT-ada.2");
  }

  @Test
  void save_lateAnswerAfterANewConsent_isForgottenAndNotRevoked() {
    FreshTokens a = process();
    FreshTokens b = process();
    Future<TokenSet> slow = slowRefresh(a);
    TokenSet consent = renewer.tokens("again", deployment.time);
    b.save(ADA, consent);

    answer(slow);
    deployment.pass(Duration.ofSeconds(10));

    assertThat(process().get(ADA)).isEqualTo(consent);
    assertThat(a.get(ADA)).isEqualTo(consent);
    assertThat(renewer.revokedTokens).isEmpty();
  }

  /** Lets another process resolve the doubt while the first one stands still. */
  private TokenSet resolved(FreshTokens b) throws Throwable {
    deployment.time.drop();
    deployment.pass(Duration.ofSeconds(61));
    return deployment.joinWhilePassing(
        deployment.async(() -> b.refresh(ADA)), Duration.ofSeconds(1));
  }

  @Test
  void handOver_lateAnswerToAnEarlierRequestMeanwhile_changesNothing() throws Throwable {
    renewer.grace = Optional.of(Duration.ofMinutes(5));
    FreshTokens a = process();
    FreshTokens b = process();
    Future<TokenSet> slow = slowRefresh(a);
    TokenSet newer = resolved(b);
    Future<String> handOver = deployment.async(() -> b.handOver(ADA));
    await(importArrived);
    deployment.busy = 1;

    answers.countDown();
    attempt(slow::get);
    deployment.settle();
    Kind meanwhile = deployment.kind(b);
    imports.countDown();
    String id = join(handOver);
    deployment.busy = 0;
    deployment.pass(Duration.ofSeconds(10));

    assertThat(newer.accessToken().reveal()).isEqualTo("AT-ada.2");
    assertThat(meanwhile).isEqualTo(Kind.HANDING_OVER);
    assertThat(id).isEqualTo("connection-1");
    assertThat(deployment.kind(a)).isEqualTo(Kind.HANDED_OVER);
    assertThat(renewer.sent).hasValue(2);
  }

  @Test
  void handOver_lateAnswerAfterIt_isDroppedAndTheRecipientKeepsTheGrant() throws Throwable {
    renewer.grace = Optional.of(Duration.ofMinutes(5));
    FreshTokens a = process();
    FreshTokens b = process();
    Future<TokenSet> slow = slowRefresh(a);
    resolved(b);
    imports.countDown();
    b.handOver(ADA);

    answer(slow);
    deployment.pass(Duration.ofSeconds(10));

    assertThat(deployment.kind(a)).isEqualTo(Kind.HANDED_OVER);
    assertThat(a.get(ADA).accessToken().reveal()).isEqualTo("AT-kept.1");
    assertThat(List.of(renewer.sent.get(), renewer.revoked.get())).containsExactly(2, 0);
  }
}
