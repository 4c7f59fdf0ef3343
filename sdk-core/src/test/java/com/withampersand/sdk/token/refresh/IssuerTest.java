package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** At which address a grant is refreshed. */
@Timeout(60)
class IssuerTest {
  private final Deployment deployment = new Deployment();

  @AfterEach
  void stop() {
    deployment.close();
  }

  private FreshTokens process(Function<ConnectionKey, @Nullable URI> issuerOf) {
    return deployment.started(deployment.builder().renewer(deployment.flow()).issuerOf(issuerOf));
  }

  /** Returns tokens as an SDK before 0.2 has stored them. */
  private TokenSet nameless(FreshTokens process) {
    IssuedGrant grant = deployment.salesforce.issueGrant();
    TokenSet tokens =
        TokenSet.builder(Secret.of(grant.accessToken()), deployment.time.instant())
            .refreshToken(Secret.of(grant.refreshToken()))
            .build();
    process.save(ADA, tokens);
    return tokens;
  }

  private static IllegalStateException noCustomer() {
    return new IllegalStateException("no customer");
  }

  @Test
  void refresh_rowThatNamesNoIssuer_isRefreshedThereAndNamesItFromThenOn() {
    FreshTokens process = process(key -> deployment.salesforce.uri());
    nameless(process);

    TokenSet refreshed = process.refresh(ADA);

    assertThat(refreshed.issuer()).contains(deployment.salesforce.uri());
    assertThat(refreshed.clientId()).contains(deployment.salesforce.consumerKey());
    TokenSet stored = deployment.process().get(ADA);
    assertThat(stored.issuer()).contains(deployment.salesforce.uri());
    assertThat(stored.clientId()).contains(deployment.salesforce.consumerKey());
  }

  @Test
  void refresh_issuerOfNamesAnotherHost_sendsNothingAndHealsWhenItIsRight() {
    URI evil = URI.create("https://evil.example.com");
    List<URI> named = new CopyOnWriteArrayList<>(List.of(evil));
    FreshTokens process = process(key -> named.get(0));
    nameless(process);

    assertThatThrownBy(() -> process.refresh(ADA)).isInstanceOf(ForeignGrantException.class);
    Kind wrong = deployment.kind(process);
    int sent = deployment.salesforce.requests(Deployment.TOKEN).size();
    named.set(0, deployment.salesforce.uri());
    deployment.pass(Duration.ofSeconds(10));

    assertThat(wrong).isEqualTo(Kind.FOREIGN);
    assertThat(sent).isZero();
    assertThat(process.refresh(ADA).issuer()).contains(deployment.salesforce.uri());
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void refresh_finalWordsWhereOnlyIssuerOfNamesTheHost_doNotEndTheGrant() {
    FreshTokens process = process(key -> deployment.salesforce.uri());
    nameless(process);
    deployment.salesforce.nextTokenRequest(
        Fault.refuse("invalid_grant", "expired access/refresh token"));

    attempt(() -> process.refresh(ADA));

    assertThat(deployment.kind(process)).isEqualTo(Kind.IN_DOUBT);
    assertThat(deployment.told("consentNeeded")).isZero();
  }

  @Test
  void refresh_issuerOfThrowsOrKnowsNothing_isAsWithoutIt() {
    FreshTokens silent = process(key -> null);
    TokenSet tokens = nameless(silent);
    TokenSet first = silent.refresh(ADA);
    FreshTokens throwing =
        process(
            key -> {
              throw noCustomer();
            });

    TokenSet second = throwing.refresh(ADA);

    assertThat(first.accessToken()).isNotEqualTo(tokens.accessToken());
    assertThat(second.accessToken()).isNotEqualTo(first.accessToken());
  }

  @Test
  void get_tokensThatNameTheirIssuer_issuerOfIsNotAsked() {
    List<ConnectionKey> asked = new CopyOnWriteArrayList<>();
    FreshTokens process =
        process(
            key -> {
              asked.add(key);
              return URI.create("https://evil.example.com");
            });
    TokenSet consent = deployment.consent();
    process.save(ADA, consent);

    TokenSet refreshed = process.refresh(ADA);

    assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(asked).isEmpty();
  }

  /** An app that may refresh at two addresses, each with a flow of its own. */
  private static final class Addresses implements TokenRenewer {
    final List<TokenRenewer> flows = new CopyOnWriteArrayList<>();

    private TokenRenewer flow(TokenSet tokens) {
      return flows.stream().filter(flow -> flow.owns(tokens)).findFirst().orElseThrow();
    }

    @Override
    public boolean owns(TokenSet tokens) {
      return flows.stream().anyMatch(flow -> flow.owns(tokens));
    }

    @Override
    public boolean canRenew(TokenSet tokens) {
      return tokens.refreshToken().isPresent();
    }

    @Override
    public TokenSet refresh(TokenSet tokens) {
      return flow(tokens).refresh(tokens);
    }

    @Override
    public void revoke(TokenSet tokens) {
      flow(tokens).revoke(tokens);
    }
  }

  @Test
  void changeIssuer_customerRenamedItsDomain_isRefreshedAtTheNewAddressByEveryProcess() {
    FakeSalesforce renamed = deployment.salesforce;
    FakeSalesforce before = renamed.addOrg();
    Addresses addresses = new Addresses();
    addresses.flows.add(deployment.flowAt(before).build());
    addresses.flows.add(deployment.flowAt(renamed).build());
    FreshTokens a = deployment.process(addresses);
    FreshTokens b = deployment.process(addresses);
    // The grant works at the new address only.
    TokenSet consent = deployment.consent().toBuilder().issuer(before.uri()).build();
    a.save(ADA, consent);
    b.get(ADA);

    a.changeIssuer(ADA, renamed.uri());
    TokenSet moved = a.get(ADA);
    deployment.pass(Duration.ofSeconds(6));
    TokenSet refreshed = b.refresh(ADA);

    assertThat(moved.accessToken()).isEqualTo(consent.accessToken());
    assertThat(moved.issuer()).contains(renamed.uri());
    assertThat(b.status(ADA).issuer()).contains(renamed.uri());
    assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(before.requests(Deployment.TOKEN)).isEmpty();
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void changeIssuer_grantThatNeedsConsentBecauseOfTheOldAddress_isTriedAtTheNewOne() {
    FakeSalesforce renamed = deployment.salesforce;
    FakeSalesforce before = renamed.addOrg();
    Addresses addresses = new Addresses();
    addresses.flows.add(deployment.flowAt(before).build());
    addresses.flows.add(deployment.flowAt(renamed).build());
    FreshTokens process = deployment.process(addresses);
    TokenSet consent = deployment.consent().toBuilder().issuer(before.uri()).build();
    process.save(ADA, consent);
    attempt(() -> process.refresh(ADA));
    Kind ended = deployment.kind(process);
    deployment.pass(Duration.ofSeconds(61));

    joinWhilePassing(() -> process.changeIssuer(ADA, renamed.uri()));
    deployment.pass(Duration.ofMinutes(3));
    attempt(() -> process.getForCall(ADA));
    deployment.pass(Duration.ofMinutes(3));
    joinWhilePassing(() -> process.refused(ADA, consent.accessToken()));

    assertThat(ended).isEqualTo(Kind.NEEDS_CONSENT);
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  private void joinWhilePassing(Runnable work) {
    attempt(
        () ->
            deployment.joinWhilePassing(
                deployment.async(
                    () -> {
                      work.run();
                      return "done";
                    }),
                Duration.ofSeconds(1)));
  }

  @Test
  void changeIssuer_hostThatWasNeverAllowed_isRefusedAndChangesNothing() {
    FreshTokens process = deployment.process();
    TokenSet consent = deployment.consent();
    process.save(ADA, consent);

    assertThatThrownBy(() -> process.changeIssuer(ADA, URI.create("https://evil.example.com")))
        .isInstanceOfSatisfying(
            ForeignGrantException.class, e -> assertThat(e.connection()).contains(ADA))
        .hasMessageContaining("evil.example.com");

    assertThat(process.status(ADA).issuer()).contains(deployment.salesforce.uri());
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
    assertThat(process.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void changeIssuer_oldAddressIsAllowedNoMore_movesTheGrant() {
    FakeSalesforce before = deployment.salesforce.addOrg();
    FreshTokens process = deployment.process();
    TokenSet consent = deployment.consent().toBuilder().issuer(before.uri()).build();
    process.save(ADA, consent);
    Kind unmoved = deployment.kind(process);

    process.changeIssuer(ADA, deployment.salesforce.uri());

    assertThat(unmoved).isEqualTo(Kind.FOREIGN);
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
    assertThat(process.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(before.requests(Deployment.TOKEN)).isEmpty();
  }

  @Test
  void changeIssuer_noSuchGrant_saysSo() {
    FreshTokens process = deployment.process();

    assertThatThrownBy(() -> process.changeIssuer(ADA, deployment.salesforce.uri()))
        .isInstanceOf(NotConnectedException.class);
  }
}
