package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.testkit.Situation;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a refusal means for a grant, and what callers are told. */
@Timeout(60)
class VerdictTest {
  private static final String ENDED = "expired access/refresh token";

  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = deployment.process();

  @AfterEach
  void stop() {
    deployment.close();
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    return consent;
  }

  private AmpersandException refused(FreshTokens process, Secret sent) {
    return catchThrowableOfType(AmpersandException.class, () -> process.refused(ADA, sent));
  }

  @Test
  void get_grantThatEndedAndWhoseTokenWasRefused_throwsInEveryProcess() {
    TokenSet consent = connected();
    deployment.salesforce.revokeAll();
    AmpersandException told = refused(tokens, consent.accessToken());
    FreshTokens other = deployment.process();

    assertThat(told).isInstanceOf(OAuthException.class);
    assertThat(told.isRetryable()).isFalse();
    assertThatThrownBy(() -> tokens.get(ADA))
        .isInstanceOfSatisfying(
            OAuthException.class,
            e -> {
              assertThat(e.needsReauthorization()).isTrue();
              assertThat(e.connection()).contains(ADA);
              assertThat(e.getMessage()).contains("ada");
            });
    assertThatThrownBy(() -> other.get(ADA)).isInstanceOf(OAuthException.class);
    assertThat(deployment.kind(other)).isEqualTo(Kind.NEEDS_CONSENT);
    assertThat(deployment.told("consentNeeded")).isEqualTo(1);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void refused_grantThatEndedAndEightProcessesAtOnce_asksOnceAndTellsOnce() throws Throwable {
    TokenSet consent = connected();
    deployment.salesforce.revokeAll();
    List<FreshTokens> processes = Stream.generate(deployment::process).limit(8).toList();
    processes.forEach(process -> assertThat(process.get(ADA)).isEqualTo(consent));

    List<Future<TokenSet>> calls = new ArrayList<>();
    for (FreshTokens process : processes) {
      calls.add(deployment.async(() -> process.refused(ADA, consent.accessToken())));
    }

    for (Future<TokenSet> call : calls) {
      assertThatThrownBy(() -> deployment.joinWhilePassing(call, Duration.ofMillis(250)))
          .isInstanceOf(OAuthException.class);
    }

    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
    assertThat(deployment.told("consentNeeded")).isEqualTo(1);
  }

  @Test
  void get_grantThatEndedAndWhoseTokenWasNotRefused_isServed() {
    TokenSet consent = connected();
    deployment.salesforce.nextTokenRequest(Fault.refuse("invalid_grant", ENDED));
    attempt(() -> tokens.refresh(ADA));

    assertThat(tokens.get(ADA)).isEqualTo(consent);
    assertThatThrownBy(() -> tokens.refused(ADA, consent.accessToken()))
        .isInstanceOf(OAuthException.class);
    deployment.settle();
    assertThatThrownBy(() -> deployment.process().get(ADA)).isInstanceOf(OAuthException.class);
  }

  @Test
  void refresh_orderedAfterAFalseVerdict_healsTheGrant() throws Throwable {
    TokenSet consent = connected();
    deployment.salesforce.nextTokenRequest(Fault.refuse("invalid_grant", ENDED));
    attempt(() -> tokens.refresh(ADA));
    deployment.pass(Duration.ofSeconds(61));

    Future<TokenSet> ordered = deployment.async(() -> tokens.refresh(ADA));
    TokenSet refreshed = deployment.joinWhilePassing(ordered, Duration.ofSeconds(1));

    assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.told()).contains("recovered");
  }

  @Test
  void save_consentAfterTheEnd_worksAtOnce() {
    TokenSet consent = connected();
    deployment.salesforce.revokeAll();
    refused(tokens, consent.accessToken());
    deployment.time.move(Duration.ofSeconds(1));

    TokenSet again = deployment.consent();
    tokens.save(ADA, again);

    assertThat(tokens.get(ADA)).isEqualTo(again);
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void disconnect_grantThatHasEnded_deletesIt() {
    TokenSet consent = connected();
    deployment.salesforce.revokeAll();
    refused(tokens, consent.accessToken());

    boolean wasThere = tokens.disconnect(ADA);

    assertThat(wasThere).isTrue();
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ABSENT);
    assertThatThrownBy(() -> tokens.get(ADA)).isInstanceOf(NotConnectedException.class);
    assertThat(tokens.disconnect(ADA)).isFalse();
  }

  @Test
  void disconnect_goodGrant_isRevokedAndDeleted() {
    TokenSet consent = connected();

    assertThat(tokens.disconnect(ADA)).isTrue();

    assertThat(deployment.grantOf(consent).isAlive()).isFalse();
    assertThat(deployment.kind(deployment.process())).isEqualTo(Kind.ABSENT);
  }

  @Test
  void disconnect_providerDoesNotAnswer_grantStaysUnlessForced() {
    connected();
    deployment.salesforce.nextRequest(
        request -> request.path().equals(Deployment.REVOKE), Fault.respond(503));

    assertThatThrownBy(() -> tokens.disconnect(ADA)).isInstanceOf(AmpersandException.class);
    deployment.settle();
    Kind kept = deployment.kind(tokens);
    deployment.pass(Duration.ofSeconds(31));
    deployment.salesforce.nextRequest(
        request -> request.path().equals(Deployment.REVOKE), Fault.respond(503));
    boolean forced = tokens.disconnect(ADA, true);

    assertThat(kept).isEqualTo(Kind.DISCONNECTING);
    assertThat(forced).isTrue();
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ABSENT);
  }

  @Test
  void disconnect_consentWhileItIsUnderWay_isNotDeleted() throws Throwable {
    TokenSet consent = connected();
    com.withampersand.sdk.testkit.Gate gate = new com.withampersand.sdk.testkit.Gate();
    deployment.salesforce.nextRequest(
        request -> request.path().equals(Deployment.REVOKE), Fault.holdAnswer(gate));
    Future<Boolean> disconnect = deployment.async(() -> tokens.disconnect(ADA));
    gate.awaitArrived(1);
    deployment.time.move(Duration.ofSeconds(1));
    TokenSet later = deployment.consent();
    FreshTokens other = deployment.process();
    other.save(ADA, later);

    gate.release();
    Deployment.join(disconnect);

    assertThat(deployment.grantOf(consent).isAlive()).isFalse();
    assertThat(deployment.grantOf(later).isAlive()).isTrue();
    assertThat(deployment.process().get(ADA)).isEqualTo(later);
  }

  @Test
  void refresh_lostAnswer_isRetryableWithATime() {
    TokenSet consent = connected();
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());

    AmpersandException first = refused(tokens, consent.accessToken());
    AmpersandException second = refused(tokens, consent.accessToken());

    assertThat(first.isRetryable()).isTrue();
    assertThat(first.isOutcomeUnknown()).isTrue();
    assertThat(first.retryAfter()).contains(Duration.ofSeconds(70));
    assertThat(second.isRetryable()).isTrue();
    assertThat(second.retryAfter()).isPresent();
    assertThat(second).isNotSameAs(first);
    assertThat(first.getMessage()).contains("ada");
  }

  @Test
  void refresh_lostAnswerWhereTokensAreNotRotated_isTriedAgainAfterASecond() {
    deployment.salesforce.refreshTokenPolicy(RefreshTokenPolicy.KEEP);
    FreshTokens process =
        deployment.process(deployment.flowAt(deployment.salesforce).doesNotRotate().build());
    TokenSet consent = connected();
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());

    AmpersandException lost = refused(process, consent.accessToken());
    deployment.pass(lost.retryAfter().orElseThrow());
    TokenSet refreshed = process.refused(ADA, consent.accessToken());

    assertThat(lost.retryAfter().orElseThrow()).isLessThanOrEqualTo(Duration.ofSeconds(2));
    assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void refresh_flowOfAnotherHost_sendsNothingAndEndsNothing() {
    FakeSalesforce otherHost = deployment.salesforce.addOrg();
    TokenSet consent = connected();
    deployment.pass(Duration.ofDays(8));
    FreshTokens wrong = deployment.process(deployment.flowAt(otherHost).build());

    assertThatThrownBy(() -> wrong.refresh(ADA))
        .isInstanceOfSatisfying(
            ForeignGrantException.class, e -> assertThat(e.connection()).contains(ADA));
    KeepAliveReport report = wrong.keepAlive();

    assertThat(report.foreign()).isEqualTo(1);
    assertThat(report.failures()).isEmpty();
    assertThat(otherHost.requests()).isEmpty();
    assertThat(deployment.kind(wrong)).isEqualTo(Kind.FOREIGN);
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ACTIVE);
    assertThat(tokens.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void refresh_tokensThatNameNoIssuerAtAWrongHost_endsNothing() throws Throwable {
    FakeSalesforce otherHost = deployment.salesforce.addOrg();
    IssuedGrant grant = deployment.salesforce.issueGrant();
    TokenSet nameless =
        TokenSet.builder(Secret.of(grant.accessToken()), deployment.time.instant())
            .refreshToken(Secret.of(grant.refreshToken()))
            .build();
    tokens.save(ADA, nameless);
    FreshTokens wrong = deployment.process(deployment.flowAt(otherHost).build());

    refused(wrong, nameless.accessToken());
    deployment.settle();
    Kind afterwards = deployment.kind(tokens);
    // The process at the wrong host tries no more.
    deployment.time.drop();
    deployment.pass(Duration.ofSeconds(61));
    Future<TokenSet> right = deployment.async(() -> tokens.refused(ADA, nameless.accessToken()));
    TokenSet refreshed = deployment.joinWhilePassing(right, Duration.ofSeconds(1));

    assertThat(afterwards).isEqualTo(Kind.IN_DOUBT);
    assertThat(refreshed.accessToken().reveal()).isEqualTo(grant.accessToken());
    assertThat(deployment.told("consentNeeded")).isZero();
  }

  @Test
  void refresh_addressIsBlocked_isBlockedAndHealsByItself() throws Throwable {
    TokenSet consent = connected();
    deployment.salesforce.set(Situation.ADDRESS_BLOCKED, true);

    AmpersandException told = refused(tokens, consent.accessToken());
    GrantStatus status = tokens.status(ADA);
    deployment.salesforce.set(Situation.ADDRESS_BLOCKED, false);
    deployment.pass(Duration.ofSeconds(61));
    Future<TokenSet> again = deployment.async(() -> tokens.refused(ADA, consent.accessToken()));
    TokenSet refreshed = deployment.joinWhilePassing(again, Duration.ofSeconds(1));

    assertThat(told).isInstanceOf(OAuthException.class);
    assertThat(told.isRetryable()).isTrue();
    assertThat(status.kind()).isEqualTo(Kind.BLOCKED);
    assertThat(status.nextTryIn()).isPresent();
    assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(deployment.told("blocked")).isEqualTo(1);
    assertThat(deployment.told("recovered")).isEqualTo(1);
    assertThat(deployment.told("consentNeeded")).isZero();
  }

  @Test
  void refresh_unknownWordsOnce_isADoubt() {
    TokenSet consent = connected();
    deployment.salesforce.nextTokenRequest(Fault.refuse("invalid_grant", "no one knows"));

    AmpersandException told = refused(tokens, consent.accessToken());

    assertThat(told.isRetryable()).isTrue();
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.IN_DOUBT);
  }

  @Test
  void refresh_unknownWordsForLong_needsConsent() {
    TokenSet consent = connected();
    deployment.salesforce.everyTokenRequest(Fault.refuse("invalid_grant", "no one knows"));
    refused(tokens, consent.accessToken());

    deployment.pass(Duration.ofHours(2));

    assertThat(deployment.kind(tokens)).isEqualTo(Kind.NEEDS_CONSENT);
    assertThat(deployment.grantOf(consent).presented()).hasSizeBetween(4, 6);
    assertThat(deployment.told("consentNeeded")).isEqualTo(1);
  }

  @Test
  void refresh_functionsThatThrowNoSuchElement_areNotTakenForAnAbsentGrant() {
    ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
    renewer.answer =
        sent -> {
          throw new NoSuchElementException("no customer");
        };
    FreshTokens process = deployment.process(renewer);
    process.save(ADA, renewer.tokens("ada", deployment.time));

    assertThatThrownBy(() -> process.refresh(ADA))
        .isInstanceOf(TransportException.class)
        .hasRootCauseMessage("no customer");
    renewer.owns =
        sent -> {
          throw new NoSuchElementException("no customer");
        };
    assertThatThrownBy(() -> deployment.process(renewer).refresh(ADA))
        .isInstanceOf(ForeignGrantException.class);
    FreshTokens byOwner =
        deployment.started(
            deployment
                .builder()
                .renewer(renewer)
                .ownerOf(
                    key -> {
                      throw new NoSuchElementException("no customer");
                    }));
    assertThatThrownBy(() -> byOwner.refresh(ADA)).isInstanceOf(ForeignGrantException.class);
    assertThat(process.row(ADA).sealed()).isNotNull();
  }

  @Test
  void get_noSuchGrant_saysSo() {
    assertThatThrownBy(() -> tokens.get(ADA))
        .isInstanceOfSatisfying(
            NotConnectedException.class, e -> assertThat(e.connection()).contains(ADA))
        .hasMessageContaining("ada");
    assertThat(tokens.status(ADA).kind()).isEqualTo(Kind.ABSENT);
    assertThat(tokens.forget(ADA)).isFalse();
  }

  @Test
  void get_failureSharedByManyCallers_isANewExceptionForEach() {
    TokenSet consent = connected();
    deployment.salesforce.revokeAll();
    AmpersandException first = refused(tokens, consent.accessToken());

    Throwable thrown = catchThrowable(() -> tokens.get(ADA));
    // As try-with-resources does, if the body fails and the resource's close() as well.
    thrown.addSuppressed(catchThrowable(() -> tokens.get(ADA)));

    assertThat(thrown).isInstanceOf(OAuthException.class).isNotSameAs(first);
    assertThat(thrown.getSuppressed()).hasSize(1);
    assertThat(thrown.getSuppressed()[0]).isNotSameAs(thrown);
    assertThat(first.getSuppressed()).isEmpty();
  }

  @Test
  void forget_thenGet_readsItsOwnWrite() {
    connected();

    assertThat(tokens.forget(ADA)).isTrue();

    assertThatThrownBy(() -> tokens.get(ADA)).isInstanceOf(NotConnectedException.class);
    deployment.time.move(Duration.ofSeconds(1));
    TokenSet again = deployment.consent();
    tokens.save(ADA, again);
    assertThat(tokens.get(ADA)).isEqualTo(again);
  }
}
