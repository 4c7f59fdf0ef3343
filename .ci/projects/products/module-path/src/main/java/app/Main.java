package app;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;

/** Connects, refreshes, calls and writes JSON with each jar as a module. */
public final class Main {
  public static void main(String[] args) throws Exception {
    if (!Main.class.getModule().isNamed() || !FreshTokens.class.getModule().isNamed()) {
      throw new IllegalStateException("this runs on the class path");
    }
    try (FakeSalesforce salesforce = FakeSalesforce.start()) {
      SalesforceApp app =
          SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
              .scopes("api", "refresh_token")
              .build();
      LoginHost host = LoginHost.custom(salesforce.uri());
      SalesforceOAuthFlow flow = SalesforceOAuthFlow.of(app, host);
      AuthorizationRequest request =
          AuthorizationRequest.fromJson(flow.authorize().toJson());
      TokenSet consent =
          flow.exchange(request, AuthorizationCallback.fromUri(salesforce.approve(request.url())));
      ConnectionKey key = new ConnectionKey("salesforce", "acme", "admin");
      try (FreshTokens tokens = FreshTokens.inMemory().renewer(flow).build()) {
        tokens.save(key, TokenSet.fromJson(consent.toJson()));
        salesforce.expireSessions();
        int status =
            SalesforceHttp.builder(tokens, HttpClient.newHttpClient())
                .alsoAt(host)
                .build()
                .send(key, "/services/data/v65.0/limits", HttpRequest.Builder::GET)
                .statusCode();
        System.out.println("The org answered " + status + " to modules.");
      }
    }
    System.exit(0);
  }
}
