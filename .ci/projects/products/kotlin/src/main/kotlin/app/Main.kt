package app

import com.withampersand.sdk.ConnectionKey
import com.withampersand.sdk.http.HttpTransport
import com.withampersand.sdk.oauth.AuthorizationCallback
import com.withampersand.sdk.oauth.AuthorizationOptions
import com.withampersand.sdk.oauth.AuthorizationResult.Connected
import com.withampersand.sdk.oauth.AuthorizationResult.Declined
import com.withampersand.sdk.oauth.AuthorizationResult.Failed
import com.withampersand.sdk.salesforce.LoginHost
import com.withampersand.sdk.salesforce.SalesforceApp
import com.withampersand.sdk.salesforce.SalesforceHttp
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow
import com.withampersand.sdk.testkit.FakeSalesforce
import com.withampersand.sdk.token.GrantStatus
import com.withampersand.sdk.token.refresh.FreshTokens
import java.net.URI
import java.net.http.HttpRequest

/** Connects, refreshes and calls. */
fun main() {
  FakeSalesforce.builder().org("acme").start().use { salesforce ->
    val client = salesforce.httpClient()
    val app =
      SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
        .scopes("api", "refresh_token")
        .callback(URI.create("http://localhost:8080/callback"))
        .build()
    val flow =
      SalesforceOAuthFlow.builder(app).withPkce().transport(HttpTransport.over(client)).build()
    val customer = ConnectionKey("salesforce", "acme", "admin")
    FreshTokens.inMemory().renewer(flow).build().use { tokens ->
      val request = flow.authorize(LoginHost.myDomain("acme"), AuthorizationOptions.none())
      val callback = AuthorizationCallback.fromUri(salesforce.approve(request.url()))
      when (val result = flow.complete(callback, request)) {
        is Connected -> tokens.save(customer, result.tokens())
        is Declined -> error("declined: ${result.reason()}")
        is Failed -> throw result.error()
      }
      salesforce.expireSessions()
      val status =
        SalesforceHttp.of(tokens, client)
          .at(customer)
          .send("/services/data/v65.0/limits", HttpRequest.Builder::GET)
          .statusCode()
      check(status == 200) { "the org answered $status" }
      check(tokens.status(customer).kind() == GrantStatus.Kind.ACTIVE)
      println("The org answered $status to Kotlin.")
    }
  }
}
