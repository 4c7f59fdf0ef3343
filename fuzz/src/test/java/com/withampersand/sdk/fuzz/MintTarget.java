package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.ClientGrantFlow;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceClientCredentialsFlow;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Answers mints by JWT and by the app's own credentials. The input is a status, a content type and
 * a body; in it, {@code @SIGNATURE@} stands for the signature of the JWT that was sent.
 */
final class MintTarget implements Target {
  private static final LoginHost HOST = LoginHost.myDomain("acme");
  private static final String USER = "integration@acme.example";
  private static final byte[] SIGNED = Canary.SIGNATURE.getBytes(StandardCharsets.UTF_8);
  private static final String SIGNATURE =
      Base64.getUrlEncoder().withoutPadding().encodeToString(SIGNED);
  private static final List<String> OF_JWT = List.of(SIGNATURE);
  private static final List<String> OF_APP = List.of(Canary.CLIENT_SECRET);

  @Override
  public void run(Input input) {
    Answers answers =
        TokenAnswerTarget.answers(
            new Input(
                input.text().replace("@SIGNATURE@", SIGNATURE).getBytes(StandardCharsets.UTF_8)));
    generic(answers);
    answers.requests().forEach(sent -> Require.same(FuzzApp.TOKEN, sent.uri(), "one endpoint"));
    Answers salesforces = answers.again();
    salesforce(salesforces);
    salesforces.requests().forEach(sent -> SalesforceAnswerTarget.requireSalesforces(sent.uri()));
  }

  private static void generic(Answers answers) {
    ClientGrantFlow jwt =
        ClientGrantFlow.jwtBearer("client-1", FuzzApp.TOKEN, text -> SIGNED.clone())
            .transport(answers)
            .build();
    ClientGrantFlow app =
        ClientGrantFlow.clientCredentials(
                "client-1", FuzzApp.TOKEN, () -> Secret.of(Canary.CLIENT_SECRET))
            .transport(answers)
            .build();
    mint(OF_JWT, () -> jwt.mint(USER), ClientGrantFlow.JWT_BEARER);
    mint(OF_APP, app::mint, ClientGrantFlow.CLIENT_CREDENTIALS);
  }

  private static void salesforce(Answers answers) {
    SalesforceJwtFlow jwt =
        SalesforceJwtFlow.builder("3MVG9key", text -> SIGNED.clone()).transport(answers).build();
    SalesforceClientCredentialsFlow app =
        SalesforceClientCredentialsFlow.builder("3MVG9key", () -> Secret.of(Canary.CLIENT_SECRET))
            .transport(answers)
            .build();
    look(mint(OF_JWT, () -> jwt.mint(HOST, USER), ClientGrantFlow.JWT_BEARER));
    look(mint(OF_APP, () -> app.mint(HOST), ClientGrantFlow.CLIENT_CREDENTIALS));
  }

  private static void look(Tried<TokenSet> minted) {
    minted
        .result()
        .ifPresent(
            tokens -> {
              Require.same(HOST.uri(), tokens.issuer().orElseThrow(), "the host that was asked");
              SalesforceAnswerTarget.look(tokens);
            });
  }

  private static Tried<TokenSet> mint(
      List<String> secrets, Callable<TokenSet> call, String grantType) {
    Tried<TokenSet> minted =
        Tried.call(
            secrets, call, OAuthException.class, ProtocolException.class, TransportException.class);
    minted.result().ifPresent(tokens -> requireMinted(tokens, grantType));
    minted.error().ifPresent(MintTarget::requireNoConsent);
    return minted;
  }

  private static void requireMinted(TokenSet tokens, String grantType) {
    TokenAnswerTarget.requireGood(tokens);
    Require.that(tokens.refreshToken().isEmpty(), "a mint has no refresh token");
    Require.same(grantType, tokens.grantType(), "the grant's type");
  }

  private static void requireNoConsent(Exception error) {
    if (error instanceof OAuthException refused) {
      Require.that(!refused.needsReauthorization(), "no user has to consent");
    }
  }
}
