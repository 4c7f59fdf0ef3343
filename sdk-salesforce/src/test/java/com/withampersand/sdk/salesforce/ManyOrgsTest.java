package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Declined;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One flow and one callback for the customers of many orgs. */
class ManyOrgsTest {
  private static final String KEY = "3MVG9TODAY";
  private static final String SECRET = "0123456789ABCDEF";
  private static final String TOKEN = "/services/oauth2/token";
  private static final String REVOKE = "/services/oauth2/revoke";

  private final FakeSalesforce first = org();
  private final FakeSalesforce second = org();
  private final Secret key = StateSigner.newKey();
  private final BrowserBinding browser = BrowserBinding.random();
  private final SalesforceOAuthFlow flow = node();

  private static FakeSalesforce org() {
    return FakeSalesforce.builder().consumerKey(KEY).consumerSecret(SECRET).start();
  }

  private static LoginHost host(FakeSalesforce salesforce) {
    return LoginHost.custom(salesforce.uri());
  }

  private SalesforceOAuthFlow node() {
    StateSigner signer =
        StateSigner.builder("k1", key).replayGuard(ReplayGuard.forOneNode()).build();
    SalesforceApp app =
        SalesforceApp.builder(KEY, SECRET).scopes("api", "id", "refresh_token").build();
    return SalesforceOAuthFlow.builder(app)
        .alsoAt(host(first), host(second))
        .states(signer)
        .withPkce()
        .build();
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  private AuthorizationOptions.Builder signed(String customer) {
    return AuthorizationOptions.builder().payload(customer).binding(browser);
  }

  private AuthorizationResult connect(FakeSalesforce org, AuthorizationOptions options) {
    URI url = flow.authorize(host(org), options).url();
    return node().complete(AuthorizationCallback.fromUri(org.approve(url)), browser);
  }

  @Test
  void complete_customersOfTwoOrgs_eachAtTheirHostByOneFlow() {
    AuthorizationResult acme = connect(first, signed("acme").build());
    AuthorizationResult globex = connect(second, signed("globex").build());

    assertThat(acme).isInstanceOf(Connected.class).returns("acme", AuthorizationResult::payload);
    assertThat(globex).isInstanceOf(Connected.class);
    assertThat(((Connected) acme).tokens().issuer()).contains(first.uri());
    assertThat(((Connected) globex).tokens().issuer()).contains(second.uri());
    assertThat(first.requests(TOKEN)).hasSize(1);
    assertThat(second.requests(TOKEN)).hasSize(1);
  }

  @Test
  void complete_twoTabsWhoseRequestsAreKept_eachIsFoundByItsId() {
    Map<String, AuthorizationRequest> session = new HashMap<>();
    AuthorizationOptions acme = AuthorizationOptions.builder().payload("acme").build();
    AuthorizationOptions globex = AuthorizationOptions.builder().payload("globex").build();
    AuthorizationRequest one = flow.authorize(host(first), acme);
    AuthorizationRequest other = flow.authorize(host(second), globex);
    session.put(one.id(), one);
    session.put(other.id(), AuthorizationRequest.fromJson(other.toJson()));

    AuthorizationResult ofOther = complete(session, second.approve(other.url()));
    AuthorizationResult ofOne = complete(session, first.approve(one.url()));
    AuthorizationResult again = complete(session, first.approve(one.url()));

    assertThat(ofOther).isInstanceOf(Connected.class);
    assertThat(ofOther.payload()).isEqualTo("globex");
    assertThat(ofOne).isInstanceOf(Connected.class);
    assertThat(ofOne.payload()).isEqualTo("acme");
    assertThat(again).isInstanceOf(Failed.class);
  }

  private AuthorizationResult complete(Map<String, AuthorizationRequest> session, URI redirect) {
    AuthorizationCallback callback = AuthorizationCallback.fromUri(redirect);
    return flow.complete(callback, session.remove(callback.requestId().orElse("")));
  }

  @Test
  void complete_declined_namesTheCustomer() {
    URI url = flow.authorize(host(second), signed("globex").build()).url();

    AuthorizationResult result =
        flow.complete(AuthorizationCallback.fromUri(second.deny(url)), browser);

    assertThat(result).isInstanceOf(Declined.class);
    assertThat(result.payload()).isEqualTo("globex");
  }

  @Test
  void complete_repeated_namesTheCustomer() {
    URI redirect = first.approve(flow.authorize(host(first), signed("acme").build()).url());
    flow.complete(AuthorizationCallback.fromUri(redirect), browser);

    AuthorizationResult again = flow.complete(AuthorizationCallback.fromUri(redirect), browser);

    assertThat(again).isInstanceOf(Failed.class);
    assertThat(again.payload()).isEqualTo("acme");
    assertThat(first.requests(TOKEN)).hasSize(1);
  }

  @Test
  void complete_stateOfAHostThatIsNotNamedHere_isSentNowhere() {
    URI redirect = first.approve(flow.authorize(host(first), signed("acme").build()).url());
    StateSigner signer =
        StateSigner.builder("k1", key).replayGuard(ReplayGuard.forOneNode()).build();
    SalesforceOAuthFlow strict =
        SalesforceOAuthFlow.builder(flow.app()).states(signer).withPkce().build();

    AuthorizationResult result = strict.complete(AuthorizationCallback.fromUri(redirect), browser);

    assertThat(((Failed) result).error()).isInstanceOf(ForeignGrantException.class);
    assertThat(result.payload()).isEqualTo("acme");
    assertThat(first.requests(TOKEN)).isEmpty();
  }

  @Test
  void authorize_hostThatIsNotNamed_isRefused() {
    LoginHost unknown = LoginHost.custom(URI.create("https://login.evil.example"));

    assertThatExceptionOfType(ForeignGrantException.class)
        .isThrownBy(() -> flow.authorize(unknown, AuthorizationOptions.none()))
        .withMessageContaining("alsoAt");
  }

  @Test
  void authorize_hostOfSalesforce_needsNoNaming() {
    URI url =
        flow.authorize(
                LoginHost.parse("acme--uat.sandbox.my.salesforce.com"), AuthorizationOptions.none())
            .url();

    assertThat(url).hasHost("acme--uat.sandbox.my.salesforce.com");
  }

  // The issuer that a callback names

  private AuthorizationResult completeFrom(String issuer) {
    URI redirect = first.approve(flow.authorize(host(first), signed("acme").build()).url());
    String iss = "&iss=" + URLEncoder.encode(issuer, StandardCharsets.UTF_8);
    return flow.complete(AuthorizationCallback.fromUri(URI.create(redirect + iss)), browser);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.evil.example",
        "http://login.salesforce.com",
        "https://login.salesforce.com.evil.example",
        "https://login.salesforce.com@evil.example",
        "not a URI",
        "salesforce"
      })
  void complete_callbackOfAnIssuerThatIsNotSalesforce_isNotExchanged(String issuer) {
    Failed failed = (Failed) completeFrom(issuer);

    assertThat(((CallbackException) failed.error()).reason())
        .isEqualTo(CallbackException.Reason.ISSUER_MISMATCH);
    assertThat(first.requests(TOKEN)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://login.salesforce.com", "https://acme.my.salesforce.com"})
  void complete_callbackOfAnotherHostOfSalesforce_isExchangedWhereItWasAsked(String issuer) {
    assertThat(completeFrom(issuer)).isInstanceOf(Connected.class);
    assertThat(first.requests(TOKEN)).hasSize(1);
  }

  // Consent to more, from the same org

  private static String orgOf(AuthorizationResult result) {
    TokenSet tokens = ((Connected) result).tokens();
    return SalesforceTokens.of(tokens).organizationId().orElseThrow();
  }

  @Test
  void expectOrg_sameOrg_isConnected() {
    String org = orgOf(connect(first, signed("acme").build()));

    assertThat(connect(first, signed("acme").expectOrg(org).build())).isInstanceOf(Connected.class);
  }

  @Test
  void expectOrg_shortFormOfTheSameOrg_isConnected() {
    String org = orgOf(connect(first, signed("acme").build())).substring(0, 15);

    assertThat(connect(first, signed("acme").expectOrg(org).build())).isInstanceOf(Connected.class);
  }

  @Test
  void expectOrg_otherOrg_isRefusedAndRevoked() {
    AuthorizationResult result =
        connect(second, signed("acme").expectOrg("00DFOREIGN0000125A").build());

    OAuthException refused = (OAuthException) ((Failed) result).error();
    assertThat(refused.error()).isEqualTo("wrong_org");
    assertThat(refused.actor()).isEqualTo(Actor.END_USER);
    assertThat(refused.remedy()).contains("another Salesforce org");
    assertThat(result.payload()).isEqualTo("acme");
    assertThat(second.requests(REVOKE)).hasSize(1);
  }

  @Test
  void expectOrg_keptAsJson_isExpectedStill() {
    AuthorizationOptions options =
        AuthorizationOptions.builder().expectOrg("00DFOREIGN0000125A").build();
    AuthorizationRequest request =
        AuthorizationRequest.fromJson(flow.authorize(host(first), options).toJson());
    AuthorizationCallback callback = AuthorizationCallback.fromUri(first.approve(request.url()));

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback));

    assertThat(refused.error()).isEqualTo("wrong_org");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"acme", "00D", "001000000000001", "00Dxx0000000001AAAA", "00D-evil-000000"})
  void expectOrg_whatIsNoOrgsId_isRefusedBeforeTheUserIsSentOff(String id) {
    AuthorizationOptions options = AuthorizationOptions.builder().expectOrg(id).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.authorize(host(first), options))
        .withMessageContaining("begins with 00D");
  }

  // Grants that are not taken

  @Test
  void exchange_answerWithoutRefreshToken_isRevoked() {
    AuthorizationRequest request = flow.authorize(host(first), AuthorizationOptions.none());
    AuthorizationCallback callback = AuthorizationCallback.fromUri(first.approve(request.url()));
    first.nextTokenRequest(
        Fault.respond(200, "application/json", "{\"access_token\":\"00DNEW!ACCESS\"}"));

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback));

    assertThat(refused.error()).isEqualTo("no_refresh_token");
    assertThat(first.requests(REVOKE)).hasSize(1);
  }

  @Test
  void exchange_answerOfAForeignInstance_isRevokedAtItsIssuer() {
    AuthorizationRequest request = flow.authorize(host(first), AuthorizationOptions.none());
    AuthorizationCallback callback = AuthorizationCallback.fromUri(first.approve(request.url()));
    first.nextTokenRequest(
        Fault.respond(
            200,
            "application/json",
            "{\"access_token\":\"00DNEW!ACCESS\",\"refresh_token\":\"R1\",\"instance_url\":\"https://evil.example\"}"));

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow.exchange(request, callback));
    assertThat(first.requests(REVOKE)).hasSize(1);
  }
}
