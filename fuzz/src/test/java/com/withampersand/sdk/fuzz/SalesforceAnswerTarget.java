package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Answers in place of Salesforce. The input is a status, a content type and a body. Whatever it
 * says, secrets go to Salesforce's hosts.
 */
final class SalesforceAnswerTarget implements Target {
  private static final LoginHost HOST = LoginHost.myDomain("acme");
  private static final List<String> SUFFIXES =
      List.of(
          ".salesforce.com",
          ".salesforce.mil",
          ".sfcrmproducts.cn",
          ".my-salesforce.com",
          ".cloudforce.com",
          ".database.com");

  private final SalesforceApp app =
      SalesforceApp.builder("3MVG9key", Canary.CLIENT_SECRET)
          .scopes("api", "refresh_token")
          .callback(URI.create("https://app.example/callback"))
          .build();

  @Override
  public void run(Input input) {
    Answers answers = TokenAnswerTarget.answers(input);
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app).transport(answers).withoutSignatureCheck().build();
    exchange(flow);
    TokenSet before =
        TokenAnswerTarget.tokens().toBuilder()
            .clientId("3MVG9key")
            .issuer(HOST.uri())
            .attribute("instance_url", "https://acme.my.salesforce.com")
            .attribute(
                "id", "https://acme.my.salesforce.com/id/00D5g000008CaNaEAK/0055g00000AbCdEAAV")
            .build();
    refresh(flow, before);
    call(() -> flow.userInfo(before));
    call(() -> flow.identity(before));
    call(() -> flow.introspect(before));
    answers.requests().forEach(sent -> requireSalesforces(sent.uri()));
  }

  private static void exchange(SalesforceOAuthFlow flow) {
    AuthorizationRequest request = flow.authorize(HOST, AuthorizationOptions.none());
    AuthorizationCallback callback =
        AuthorizationCallback.fromQuery("code=" + Canary.CODE + "&state=" + request.state());
    Tried.call(
            Canary.OF_EXCHANGE,
            () -> flow.exchange(request, callback),
            OAuthException.class,
            ProtocolException.class,
            TransportException.class)
        .result()
        .ifPresent(
            tokens -> {
              TokenAnswerTarget.requireGood(tokens);
              Require.same(HOST.uri(), tokens.issuer().orElseThrow(), "the host that was asked");
              look(tokens);
            });
  }

  private static void refresh(SalesforceOAuthFlow flow, TokenSet before) {
    Tried.call(
            Canary.OF_REFRESH,
            () -> flow.refresh(before),
            OAuthException.class,
            ProtocolException.class,
            TransportException.class)
        .result()
        .ifPresent(
            after -> {
              TokenAnswerTarget.requireRenewed(before, after);
              look(after);
              call(() -> flow.identity(after));
              call(() -> flow.userInfo(after));
            });
  }

  /** Reads what an answer says beyond RFC 6749. */
  static void look(TokenSet tokens) {
    SalesforceTokens salesforce = SalesforceTokens.of(tokens);
    Canary.requireAbsent(salesforce.toString(), "Salesforce's tokens");
    call(() -> salesforce.instanceUrl().map(SalesforceAnswerTarget::requireSalesforces));
    call(salesforce::identityUrl);
    call(salesforce::organizationId);
    call(salesforce::userId);
    call(salesforce::issuedAt);
    call(salesforce::communityUrl);
    call(() -> salesforce.missing(salesforce.scopes()));
  }

  static URI requireSalesforces(URI address) {
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    Require.that("https".equalsIgnoreCase(address.getScheme()), "https, unlike " + address);
    Require.that(
        SUFFIXES.stream().anyMatch(host::endsWith), "Salesforce's host, unlike " + address);
    Require.that(address.getRawUserInfo() == null, "no user in " + address);
    return address;
  }

  private static void call(java.util.concurrent.Callable<?> call) {
    Tried.call(call, AmpersandException.class, IllegalArgumentException.class);
  }
}
