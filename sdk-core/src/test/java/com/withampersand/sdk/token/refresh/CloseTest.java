package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that closes while requests are under way and others are about to be sent. */
@Timeout(90)
class CloseTest {
  private static final int GRANTS = 300;
  private static final int AT_ONCE = 16;

  private final Deployment deployment = new Deployment();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
  private final CountDownLatch held = new CountDownLatch(1);

  /** Its threads and timers are its own, as those of an application. */
  private final FreshTokens process =
      deployment.started(FreshTokens.builder(deployment.store, deployment.sealer).renewer(renewer));

  @AfterEach
  void stop() {
    held.countDown();
    deployment.close();
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  private void connectAndLieIdle() {
    renewer.life = Duration.ofDays(365);
    for (int i = 0; i < GRANTS; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    deployment.time.move(Duration.ofDays(8));
  }

  private TokenSet holdAnswer(TokenSet tokens) {
    TokenSet renewed = renewer.renewed(tokens, deployment.time.instant());
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return renewed;
  }

  private Future<KeepAliveReport> sweepUntilRequestsAreOut() {
    connectAndLieIdle();
    renewer.answer = this::holdAnswer;
    Future<KeepAliveReport> sweep =
        deployment.async(() -> process.keepAlive(SweepOptions.defaults().parallelism(AT_ONCE)));
    Deployment.until(() -> renewer.sent.get() == AT_ONCE);
    return sweep;
  }

  /** Returns how many of all grants have tokens of another refresh. */
  private int refreshed() {
    FreshTokens other = deployment.process(renewer);
    int refreshed = 0;
    for (int i = 0; i < GRANTS; i++) {
      assertThat(other.status(user(i)).kind()).isEqualTo(Kind.ACTIVE);
      if (other.getForCall(user(i)).refreshToken().orElseThrow().reveal().endsWith(".2")) {
        refreshed++;
      }
    }
    return refreshed;
  }

  @Test
  void close_duringASweep_sendsNothingMoreAndStoresWhatArrives() throws Throwable {
    Future<KeepAliveReport> sweep = sweepUntilRequestsAreOut();

    Future<Boolean> closed = deployment.async(() -> process.close(Duration.ofSeconds(30)));
    Deployment.until(() -> isClosed());
    held.countDown();

    assertThat(Deployment.join(closed)).isTrue();
    assertThat(Deployment.join(sweep).isComplete()).isFalse();
    assertThat(renewer.sent).hasValue(AT_ONCE);
    assertThat(refreshed()).isEqualTo(AT_ONCE);
  }

  @Test
  void close_answersComeAfterItsTime_areStoredAllTheSame() throws Throwable {
    Future<KeepAliveReport> sweep = sweepUntilRequestsAreOut();

    boolean isStored = process.close(Duration.ofMillis(50));
    held.countDown();
    Deployment.join(sweep);
    Deployment.until(() -> process.flush(Duration.ZERO));

    assertThat(isStored).isFalse();
    assertThat(renewer.sent).hasValue(AT_ONCE);
    assertThat(refreshed()).isEqualTo(AT_ONCE);
  }

  @Test
  void close_answerComesLateAndTheStoreIsAway_isStoredWhenItIsBack() throws Throwable {
    ConnectionKey ada = user(0);
    process.save(ada, renewer.tokens("user0", deployment.time));
    renewer.answer = this::holdAnswer;
    deployment.start(() -> process.refresh(ada));
    Deployment.until(() -> renewer.sent.get() == 1);

    boolean isStored = process.close(Duration.ofMillis(50));
    deployment.store.goAway();
    int before = deployment.store.asked();
    held.countDown();
    Deployment.until(() -> deployment.store.asked() > before);
    deployment.store.comeBack();
    Deployment.until(() -> process.flush(Duration.ZERO));

    assertThat(isStored).isFalse();
    assertThat(deployment.process(renewer).getForCall(ada).accessToken().reveal())
        .isEqualTo("AT-user0.2");
  }

  @Test
  void close_requestsWaitForRoom_areNotSent() throws Throwable {
    List<Future<TokenSet>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    renewer.answer = this::holdAnswer;
    for (int i = 0; i < 100; i++) {
      ConnectionKey key = user(i);
      calls.add(deployment.async(() -> process.refresh(key)));
    }
    Deployment.until(() -> renewer.sent.get() == 64);

    Future<Boolean> closed = deployment.async(() -> process.close(Duration.ofSeconds(30)));
    Deployment.until(() -> isClosed());
    held.countDown();

    assertThat(Deployment.join(closed)).isTrue();
    assertThat(renewer.sent).hasValue(64);
    for (Future<TokenSet> call : calls) {
      Deployment.attempt(() -> call.get(10, TimeUnit.SECONDS));
      assertThat(call).isDone();
    }
  }

  private boolean isClosed() {
    try {
      process.status(user(GRANTS));
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void close_callsAfterIt_areRefused() {
    process.close(Duration.ZERO);

    assertThatIllegalStateException().isThrownBy(() -> process.get(user(0)));
    assertThatIllegalStateException().isThrownBy(() -> process.keepAlive());
  }
}
