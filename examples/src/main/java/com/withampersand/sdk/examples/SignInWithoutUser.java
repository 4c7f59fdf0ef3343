package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.Connection;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceClientCredentialsFlow;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import com.withampersand.sdk.salesforce.doctor.DoctorReport;
import com.withampersand.sdk.salesforce.doctor.SalesforceDoctor;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.util.function.Supplier;

/** Grants that an app gets by itself. */
final class SignInWithoutUser {
  private SignInWithoutUser() {}

  static FreshTokens byJwt(
      String consumerKey, Secret privateKey, TokenStore store, TokenCipher cipher) {
    ConnectionKey integration = new ConnectionKey("salesforce", "acme-corp", "integration");
    // region jwt
    SalesforceJwtFlow flow = SalesforceJwtFlow.of(consumerKey, RsaKey.fromPem(privateKey));
    FreshTokens tokens = FreshTokens.builder(store, cipher).renewer(flow).build();
    tokens.save(integration, flow.mint(LoginHost.myDomain("acme"), "integration@acme.example"));
    // endregion
    return tokens;
  }

  static FreshTokens byClientCredentials(
      String consumerKey, Supplier<Secret> consumerSecret, TokenStore store, TokenCipher cipher) {
    ConnectionKey integration = new ConnectionKey("salesforce", "acme-corp", "integration");
    // region credentials
    SalesforceClientCredentialsFlow flow =
        SalesforceClientCredentialsFlow.builder(consumerKey, consumerSecret).build();
    FreshTokens tokens = FreshTokens.builder(store, cipher).renewer(flow).build();
    tokens.save(integration, flow.mint(LoginHost.myDomain("acme")));
    // endregion
    return tokens;
  }

  static SalesforceJwtFlow rotating(String consumerKey, Supplier<Secret> currentKey) {
    // region rotating
    SalesforceJwtFlow flow =
        SalesforceJwtFlow.of(consumerKey, input -> RsaKey.fromPem(currentKey.get()).sign(input));
    // endregion
    return flow;
  }

  static SalesforceJwtFlow byKms(String consumerKey, KmsJwtSigner.Kms kms) {
    // region kms
    SalesforceJwtFlow flow =
        SalesforceJwtFlow.of(consumerKey, new KmsJwtSigner(kms, "salesforce-jwt"));
    // endregion
    return flow;
  }

  static DoctorReport check(SalesforceJwtFlow flow) {
    // region check
    DoctorReport report =
        SalesforceDoctor.check(flow, LoginHost.myDomain("acme"), "integration@acme.example");
    // endregion
    return report;
  }

  static Connection handOver(
      SalesforceJwtFlow flow, AmpersandClient ampersand, ConnectionKey integration) {
    // region ampersand
    Connection connection =
        ampersand
            .connections()
            .importConnection(
                flow.connectionImport(
                        integration, LoginHost.myDomain("acme"), "integration@acme.example")
                    .build());
    // endregion
    return connection;
  }
}
