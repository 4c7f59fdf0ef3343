package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.ErrorEntry;
import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Situation;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.KeepAliveReport;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Grants by JWT and by the app's own credentials, at the real names of orgs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SalesforceJwtFlowTest {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "integration");

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeOrg acme = salesforce.addOrg("acme");
  private final FakeOrg sandbox = salesforce.addOrg("acme--uat");
  private final HttpTransport transport = HttpTransport.over(salesforce.httpClient());
  private final KeyPair pair = newPair();
  private final SalesforceJwtFlow flow =
      SalesforceJwtFlow.builder(salesforce.consumerKey(), RsaKey.of(pair.getPrivate()))
          .transport(transport)
          .build();

  @BeforeAll
  void register() {
    salesforce.registerCertificate(pair.getPublic());
  }

  @AfterEach
  void calm() {
    for (Situation situation : Situation.values()) {
      salesforce.set(situation, false);
    }
    salesforce.clearRequests();
    acme.clearRequests();
  }

  @AfterAll
  void stop() {
    salesforce.close();
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private LoginHost acmeHost() {
    return LoginHost.parse(acme.myDomain().toString());
  }

  @Test
  void mint_tokens_nameTheirHostUserAndKind() {
    TokenSet tokens = flow.mint(acmeHost(), acme.user().username());

    assertThat(tokens.issuer()).contains(acme.myDomain());
    assertThat(tokens.clientId()).contains(salesforce.consumerKey());
    assertThat(tokens.subject()).contains(acme.user().username());
    assertThat(tokens.grantType()).isEqualTo("jwt_bearer");
    assertThat(tokens.refreshToken()).isEmpty();
    assertThat(SalesforceTokens.of(tokens).organizationId()).contains(acme.id());
    assertThat(TokenSet.fromJson(tokens.toJson())).isEqualTo(tokens);
    assertThat(flow.owns(tokens)).isTrue();
    assertThat(flow.canRenew(tokens)).isTrue();
  }

  @Test
  void mint_request_holdsTheJwtAndNeitherSecretNorScope() {
    flow.mint(acmeHost(), acme.user().username());

    var request = acme.requests("/services/oauth2/token").get(0);
    assertThat(request.form().keySet()).containsExactlyInAnyOrder("grant_type", "assertion");
    assertThat(request.form("grant_type")).contains("urn:ietf:params:oauth:grant-type:jwt-bearer");
    assertThat(request.header("Authorization")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://login.salesforce.com, https://login.salesforce.com",
    "https://test.salesforce.com, https://test.salesforce.com",
    "https://acme.my.salesforce.com, https://login.salesforce.com",
    "https://acme--uat.sandbox.my.salesforce.com, https://test.salesforce.com",
    "https://acme--uat.my.salesforce.com, https://test.salesforce.com",
    "https://acme.scratch.my.salesforce.com, https://test.salesforce.com",
    "https://acme.develop.my.salesforce.com, https://login.salesforce.com",
    "https://acme.trailblaze.my.salesforce.com, https://login.salesforce.com",
    "https://login.acme.example/portal, https://login.acme.example/portal",
  })
  void audience_ofEachKindOfHost(String host, URI audience) {
    assertThat(JwtAudience.of(LoginHost.fromStored(host))).isEqualTo(audience);
  }

  @Test
  void mint_atASandboxAndAtTheSharedHosts_isAccepted() {
    assertThat(flow.mint(LoginHost.parse(sandbox.myDomain().toString()), sandbox.user().username()))
        .isNotNull();
    assertThat(flow.mint(LoginHost.sandbox(), sandbox.user().username())).isNotNull();
    assertThat(flow.mint(LoginHost.production(), acme.user().username())).isNotNull();
  }

  @Test
  void mint_wrongAudience_namesItAndTheHost() {
    SalesforceJwtFlow wrong =
        SalesforceJwtFlow.builder(salesforce.consumerKey(), RsaKey.of(pair.getPrivate()))
            .transport(transport)
            .audience(URI.create("https://test.salesforce.com"))
            .build();

    OAuthException refusal =
        catchThrowableOfType(
            OAuthException.class, () -> wrong.mint(acmeHost(), acme.user().username()));

    assertThat(refusal.topic()).contains(ErrorEntry.JWT_AUDIENCE.topic());
    assertThat(refusal.causes().get(0))
        .contains("acme.my.salesforce.com")
        .contains("https://test.salesforce.com");
  }

  @ParameterizedTest
  @CsvSource({
    "-PT2H, JWT_EXPIRED, PASSING, DEVELOPER",
    "-PT91S, JWT_EXPIRED, PASSING, DEVELOPER",
    "PT1H, JWT_BEARER_NOT_SET_UP, BLOCKED, DEVELOPER",
    "PT95S, JWT_BEARER_NOT_SET_UP, BLOCKED, DEVELOPER",
  })
  void mint_clockOff_isExplained(Duration off, ErrorEntry entry, Verdict verdict, Actor actor) {
    OAuthException refusal =
        catchThrowableOfType(
            OAuthException.class, () -> at(off).mint(acmeHost(), acme.user().username()));

    assertThat(refusal.topic()).contains(entry.topic());
    assertThat(refusal.verdict()).isEqualTo(verdict);
    assertThat(refusal.actor()).isEqualTo(actor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-PT80S", "PT0S", "PT80S"})
  void mint_clockOffByLittle_isAccepted(Duration off) {
    assertThat(at(off).mint(acmeHost(), acme.user().username())).isNotNull();
  }

  private SalesforceJwtFlow at(Duration off) {
    return SalesforceJwtFlow.builder(salesforce.consumerKey(), RsaKey.of(pair.getPrivate()))
        .transport(transport)
        .clock(Clock.offset(Clock.systemUTC(), off))
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "USER_NOT_PREAUTHORIZED, USER_NOT_PREAUTHORIZED, PROVIDER_ADMIN",
    "APP_NOT_INSTALLED, EXTERNAL_CLIENT_APP_NOT_INSTALLED, PROVIDER_ADMIN",
    "USER_INACTIVE, USER_IS_INACTIVE, PROVIDER_ADMIN",
    "ADDRESS_BLOCKED, ADDRESS_NOT_ALLOWED, PROVIDER_ADMIN",
  })
  void mint_refusals_nameWhoActs(Situation situation, ErrorEntry entry, Actor actor) {
    acme.set(situation, true);
    try {
      OAuthException refusal =
          catchThrowableOfType(
              OAuthException.class, () -> flow.mint(acmeHost(), acme.user().username()));

      assertThat(refusal.topic()).contains(entry.topic());
      assertThat(refusal.actor()).isEqualTo(actor);
      assertThat(refusal.verdict()).isNotEqualTo(Verdict.FINAL);
    } finally {
      acme.set(situation, false);
    }
  }

  @Test
  void mint_userOfAnotherOrg_isNotPreauthorized() {
    OAuthException refusal =
        catchThrowableOfType(
            OAuthException.class, () -> flow.mint(acmeHost(), sandbox.user().username()));

    assertThat(refusal.topic()).contains(ErrorEntry.USER_NOT_PREAUTHORIZED.topic());
  }

  @Test
  void mint_keyThatTheAppDoesNotKnow_isRefusedAndShowsNothing() {
    SalesforceJwtFlow stranger =
        SalesforceJwtFlow.builder(salesforce.consumerKey(), RsaKey.of(newPair().getPrivate()))
            .transport(transport)
            .build();

    OAuthException refusal =
        catchThrowableOfType(
            OAuthException.class, () -> stranger.mint(acmeHost(), acme.user().username()));

    assertThat(refusal.topic()).contains(ErrorEntry.JWT_BEARER_NOT_SET_UP.topic());
    assertThat(refusal.toString()).doesNotContain("eyJ");
  }

  @Test
  void mint_hostThatIsNotSalesforces_sendsNothing() {
    assertThatExceptionOfType(ForeignGrantException.class)
        .isThrownBy(
            () -> flow.mint(LoginHost.custom(URI.create("https://evil.example")), "u@acme.com"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " u@acme.com", "u@acme.com\n"})
  void mint_userNameWithBlanks_isRefusedBeforeSending(String username) {
    assertThatIllegalArgumentException().isThrownBy(() -> flow.mint(acmeHost(), username));
    assertThat(acme.requests()).isEmpty();
  }

  @Test
  void mint_signerThatFails_isNotSentAndMayBeRetried() {
    SalesforceJwtFlow failing =
        SalesforceJwtFlow.builder(
                salesforce.consumerKey(),
                input -> {
                  throw new IllegalStateException("CANARY of the KMS");
                })
            .transport(transport)
            .build();

    TransportException failure =
        catchThrowableOfType(
            TransportException.class, () -> failing.mint(acmeHost(), acme.user().username()));

    assertThat(failure.isRetryable()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(failure).hasMessageNotContaining("CANARY").hasNoCause();
    assertThat(acme.requests()).isEmpty();
  }

  @Test
  void fresh_sessionThatEnds_isMintedAnewOnce() throws Exception {
    try (FreshTokens fresh = FreshTokens.inMemory().renewer(flow).build()) {
      fresh.save(KEY, flow.mint(acmeHost(), acme.user().username()));
      Secret first = fresh.get(KEY).accessToken();
      acme.expireSessions();

      TokenSet second = fresh.refused(KEY, first);

      assertThat(second.accessToken()).isNotEqualTo(first);
      assertThat(second.subject()).contains(acme.user().username());
      assertThat(second.grantType()).isEqualTo("jwt_bearer");
      assertThat(acme.requests("/services/oauth2/token")).hasSize(2);
      assertThat(fresh.status(KEY).kind()).isEqualTo(GrantStatus.Kind.ACTIVE);
    }
  }

  @Test
  void fresh_refusalOfAnAdminsMaking_healsWhenItIsCorrected() {
    try (FreshTokens fresh = FreshTokens.inMemory().renewer(flow).build()) {
      fresh.save(KEY, flow.mint(acmeHost(), acme.user().username()));
      acme.set(Situation.USER_NOT_PREAUTHORIZED, true);
      assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> fresh.refresh(KEY));
      assertThat(fresh.status(KEY).kind()).isEqualTo(GrantStatus.Kind.BLOCKED);
      assertThat(fresh.status(KEY).actor()).contains(Actor.PROVIDER_ADMIN);

      acme.set(Situation.USER_NOT_PREAUTHORIZED, false);

      assertThat(fresh.refresh(KEY)).isNotNull();
      assertThat(fresh.status(KEY).kind()).isEqualTo(GrantStatus.Kind.ACTIVE);
    }
  }

  /** The first pause is a minute where someone has to act, and a second where it may pass. */
  @ParameterizedTest
  @CsvSource({
    "invalid_grant, invalid assertion, 1",
    "invalid_grant, inactive user, 1",
    "invalid_grant, words that are not known, 9",
  })
  void fresh_callsDuringARefusal_sendFewRequests(String error, String description, int most) {
    try (FreshTokens fresh = FreshTokens.inMemory().renewer(flow).build()) {
      TokenSet minted = flow.mint(acmeHost(), acme.user().username());
      fresh.save(KEY, minted);
      acme.clearRequests();
      acme.everyTokenRequest(Fault.refuse(error, description));
      for (int i = 0; i < 100; i++) {
        AmpersandException failure =
            catchThrowableOfType(
                AmpersandException.class, () -> fresh.refused(KEY, minted.accessToken()));
        assertThat(failure.retryAfter()).isPresent();
      }
      assertThat(acme.requests("/services/oauth2/token")).hasSizeBetween(1, most);
    } finally {
      acme.everyTokenRequest(Fault.none());
    }
  }

  @Test
  void fresh_grantThatAnotherProcessHealed_isMintedByThisOneAgain() {
    TokenStore store = new InMemoryTokenStore();
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));
    FreshTokens.Builder settings =
        FreshTokens.builder(store, cipher)
            .renewer(flow)
            .cacheFor(Duration.ofMillis(1))
            .backoff(Duration.ofMillis(1));
    try (FreshTokens one = settings.build();
        FreshTokens other = settings.build()) {
      TokenSet minted = flow.mint(acmeHost(), acme.user().username());
      one.save(KEY, minted);
      acme.set(Situation.USER_NOT_PREAUTHORIZED, true);
      assertThatExceptionOfType(OAuthException.class)
          .isThrownBy(() -> other.refused(KEY, minted.accessToken()));
      acme.set(Situation.USER_NOT_PREAUTHORIZED, false);
      one.refresh(KEY);
      Secret healed = other.refused(KEY, minted.accessToken()).accessToken();

      acme.expireSessions();
      awaitNextMillisecond(); // a grant that was refreshed within the backoff is left alone

      assertThat(other.refused(KEY, healed).accessToken()).isNotEqualTo(healed);
    }
  }

  private static void awaitNextMillisecond() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() == now) {
      Thread.onSpinWait();
    }
  }

  @Test
  void fresh_lostAnswer_isMintedAgainAtOnce() {
    try (FreshTokens fresh = FreshTokens.inMemory().renewer(flow).build()) {
      fresh.save(KEY, flow.mint(acmeHost(), acme.user().username()));
      acme.nextTokenRequest(Fault.loseAnswer());
      assertThatExceptionOfType(TransportException.class).isThrownBy(() -> fresh.refresh(KEY));

      assertThat(fresh.refresh(KEY)).isNotNull();
    }
  }

  @Test
  void fresh_signingKeyThatIsRotated_isUsedFromTheNextMint() {
    KeyPair next = newPair();
    AtomicReference<RsaKey> current = new AtomicReference<>(RsaKey.of(pair.getPrivate()));
    SalesforceJwtFlow rotating =
        SalesforceJwtFlow.builder(
                salesforce.consumerKey(),
                input -> Objects.requireNonNull(current.get()).sign(input))
            .transport(transport)
            .build();
    try (FreshTokens fresh = FreshTokens.inMemory().renewer(rotating).build()) {
      fresh.save(KEY, rotating.mint(acmeHost(), acme.user().username()));
      salesforce.registerCertificate(next.getPublic());
      current.set(RsaKey.of(next.getPrivate()));
      salesforce.removeCertificate(pair.getPublic());

      assertThat(fresh.refresh(KEY)).isNotNull();
    } finally {
      salesforce.registerCertificate(pair.getPublic());
      salesforce.removeCertificate(next.getPublic());
    }
  }

  @Test
  void fresh_disconnect_endsTheSession() {
    try (FreshTokens fresh = FreshTokens.inMemory().renewer(flow).build()) {
      TokenSet minted = flow.mint(acmeHost(), acme.user().username());
      fresh.save(KEY, minted);

      fresh.disconnect(KEY);

      assertThat(fresh.status(KEY).kind()).isEqualTo(GrantStatus.Kind.ABSENT);
      assertThat(acme.requests("/services/oauth2/revoke")).hasSize(1);
    }
  }

  @Test
  void keepAlive_refreshesNoGrantWithoutRefreshTokenAndSettlesItsDoubt() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    Clock clock = clock(now);
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", TokenCipher.newKey()));
    TokenStore store = new InMemoryTokenStore(clock);
    try (FreshTokens fresh = FreshTokens.builder(store, cipher).renewer(flow).clock(clock).build();
        FreshTokens sweeper =
            FreshTokens.builder(store, cipher).renewer(flow).clock(clock).build()) {
      fresh.save(KEY, flow.mint(acmeHost(), acme.user().username()));
      acme.clearRequests();
      now.set(clock.instant().plus(Duration.ofDays(60)));

      assertThat(sweeper.keepAlive().refreshed()).isZero();
      assertThat(acme.requests()).isEmpty();

      acme.nextTokenRequest(Fault.loseAnswer());
      assertThatExceptionOfType(TransportException.class).isThrownBy(() -> fresh.refresh(KEY));
      assertThat(fresh.status(KEY).kind()).isEqualTo(GrantStatus.Kind.IN_DOUBT);
      now.set(clock.instant().plus(Duration.ofDays(2)));

      KeepAliveReport settling = sweeper.keepAlive();

      assertThat(settling.refreshed() + settling.settled()).as(settling.toString()).isEqualTo(1);
      assertThat(sweeper.status(KEY).kind()).isEqualTo(GrantStatus.Kind.ACTIVE);
    }
  }

  private static Clock clock(AtomicReference<Instant> now) {
    return new Clock() {
      @Override
      public Instant instant() {
        return Objects.requireNonNull(now.get());
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  @Test
  void fresh_threeKindsInOneStore_areEachRenewedByTheirOwn() {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api", "refresh_token")
            .callback(URI.create("http://localhost:8080/callback"))
            .build();
    SalesforceOAuthFlow consent =
        SalesforceOAuthFlow.builder(app, acmeHost()).transport(transport).build();
    SalesforceClientCredentialsFlow own =
        SalesforceClientCredentialsFlow.builder(
                salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
            .transport(transport)
            .build();
    ConnectionKey byUser = new ConnectionKey("salesforce", "acme", "user");
    ConnectionKey byApp = new ConnectionKey("salesforce", "acme", "app");
    try (FreshTokens fresh =
        FreshTokens.inMemory().renewer(consent).renewer(flow).renewer(own).build()) {
      AuthorizationRequest request = consent.authorize(AuthorizationOptions.none());
      fresh.save(
          byUser,
          consent.exchange(request, AuthorizationCallback.fromUri(acme.approve(request.url()))));
      fresh.save(KEY, flow.mint(acmeHost(), acme.user().username()));
      fresh.save(byApp, own.mint(acmeHost()));

      for (ConnectionKey key : new ConnectionKey[] {byUser, KEY, byApp}) {
        TokenSet before = fresh.get(key);
        TokenSet after = fresh.refresh(key);
        assertThat(after.accessToken()).isNotEqualTo(before.accessToken());
        assertThat(after.grantType()).isEqualTo(before.grantType());
        assertThat(fresh.status(key).kind()).isEqualTo(GrantStatus.Kind.ACTIVE);
      }
    }
  }

  @Test
  void clientCredentials_sharedHost_isRefusedBeforeSending() {
    SalesforceClientCredentialsFlow own =
        SalesforceClientCredentialsFlow.of(
            salesforce.consumerKey(), Secret.of(salesforce.consumerSecret()));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> own.mint(LoginHost.production()))
        .withMessageContaining("My Domain");
    assertThatIllegalArgumentException().isThrownBy(() -> own.mint(LoginHost.sandbox()));
  }

  @Test
  void clientCredentials_keyAndSecretSwapped_areRefusedAndNotShown() {
    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(
            () ->
                SalesforceClientCredentialsFlow.of(
                    "1234567890123456789", Secret.of("3MVG9key.of.the.app")))
        .withMessageContaining("swapped")
        .withMessageNotContaining("1234567890123456789");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "3MVG9key\n", " 3MVG9key", "3MVG9\u200Bkey"})
  void consumerKey_asPastingSpoilsIt_isRefused(String key) {
    RsaKey signer = RsaKey.of(pair.getPrivate());
    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceJwtFlow.of(key, signer));
    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceClientCredentialsFlow.of(key, Secret.of("1234567890123456")));
  }

  @Test
  void clientCredentials_wrongSignature_isRefusedAtAMint() {
    SalesforceClientCredentialsFlow own =
        SalesforceClientCredentialsFlow.builder(
                salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
            .transport(transport)
            .build();
    TokenSet good = own.mint(acmeHost());
    acme.nextTokenRequest(Fault.wrongSignature());
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> own.mint(acmeHost()))
        .withMessageContaining("signature");
    acme.nextTokenRequest(Fault.wrongSignature());

    TokenSet refreshed = own.refresh(good);

    assertThat(refreshed.accessToken()).isNotEqualTo(good.accessToken());
    assertThat(refreshed.attribute("id")).isEqualTo(good.attribute("id"));
  }

  @Test
  void clientCredentials_tokensOfAUser_areNotItsToRenew() {
    SalesforceClientCredentialsFlow own =
        SalesforceClientCredentialsFlow.of(
            salesforce.consumerKey(), Secret.of(salesforce.consumerSecret()));

    assertThat(own.canRenew(flow.mint(acmeHost(), acme.user().username()))).isFalse();
  }

  @Test
  void clientCredentials_noRunAsUser_isTheAdminsToFix() {
    SalesforceClientCredentialsFlow own =
        SalesforceClientCredentialsFlow.builder(
                salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
            .transport(transport)
            .build();
    acme.set(Situation.NO_RUN_AS_USER, true);
    try {
      OAuthException refusal =
          catchThrowableOfType(OAuthException.class, () -> own.mint(acmeHost()));

      assertThat(refusal.topic()).contains(ErrorEntry.CLIENT_CREDENTIALS_NOT_SET_UP.topic());
      assertThat(refusal.actor()).isEqualTo(Actor.PROVIDER_ADMIN);
    } finally {
      acme.set(Situation.NO_RUN_AS_USER, false);
    }
  }
}
