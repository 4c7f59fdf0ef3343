package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.entry;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeSalesforceAuthorizationTest {
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final SalesforceClient client = new SalesforceClient(salesforce);

  @AfterEach
  void stop() {
    salesforce.close();
  }

  @Test
  void approve_sendsTheBrowserBackWithCodeAndState() {
    URI callback = salesforce.approve(client.authorizationUrl());

    assertThat(callback.toString())
        .startsWith(SalesforceClient.CALLBACK + "?code=aPrx")
        .contains("%3D%3D&state=state%2B1%262");
  }

  @Test
  void approve_callbackWithQuery_keepsIt() {
    String callback = "https://example.com/callback?tenant=1";
    try (FakeSalesforce other = FakeSalesforce.builder().callback(URI.create(callback)).start()) {
      URI back =
          other.approve(new SalesforceClient(other).authorizationUrl("redirect_uri", callback));

      assertThat(back.toString()).startsWith(callback + "&code=");
    }
  }

  @Test
  void deny_sendsTheBrowserBackWithErrorAndState() {
    URI callback = salesforce.deny(client.authorizationUrl());

    assertThat(SalesforceClient.query(callback))
        .containsOnly(
            entry("error", "access_denied"),
            entry("error_description", "end-user denied authorization"),
            entry("state", "state+1&2"));
  }

  @Test
  void authorize_asABrowserSeesIt_isAPageWithAFormThatEscapesWhatItShows() throws Exception {
    HttpResponse<String> page =
        client.get(client.authorizationUrl("login_hint", "<script>alert('x')</script>"));

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
    assertThat(page.body())
        .contains(
            "<form method=\"post\"", "value=\"allow\"", "value=\"deny\"", "<li>refresh_token</li>")
        .contains("&lt;script&gt;")
        .doesNotContain("<script>");
  }

  @ParameterizedTest
  @CsvSource({
    "client_id, unknown, 'error=invalid_client_id&error_description=client%20identifier%20invalid'",
    "client_id, '', 'error=invalid_client_id&error_description=client%20identifier%20invalid'",
    "redirect_uri, '', 'error=redirect_uri_missing&error_description=redirect_uri%20not%20provided'",
    "redirect_uri, http://localhost:8080/callback/, 'error=redirect_uri_mismatch&error_description=redirect_uri%20must%20match%20configuration'"
  })
  void authorize_untrustedRequest_isAnsweredWithoutRedirect(String name, String value, String body)
      throws Exception {
    HttpResponse<String> response = client.get(client.authorizationUrl(name, value));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).isEqualTo(body);
    assertThat(response.headers().firstValue("Location")).isEmpty();
  }

  @Test
  void authorize_otherResponseType_goesBackWithState() throws Exception {
    HttpResponse<String> response = client.get(client.authorizationUrl("response_type", "token"));

    assertThat(response.headers().firstValue("Location"))
        .hasValueSatisfying(
            location ->
                assertThat(location)
                    .contains("error=unsupported_response_type")
                    .contains("&state="));
  }

  @Test
  void authorize_pkceRequiredAndMissing_goesBackWithoutState() {
    salesforce.requirePkce(true);

    URI callback = salesforce.approve(client.authorizationUrl());

    assertThat(SalesforceClient.query(callback))
        .isEqualTo(
            Map.of(
                "error",
                "invalid_request",
                "error_description",
                "missing required code challenge"));
  }

  @Test
  void approve_scopeThatTheAppLacks_endsOnSalesforcesOwnPage() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                salesforce.approve(
                    client.authorizationUrl("scope", "api refresh_token pardot_api")))
        .withMessageContaining("RemoteAccessErrorPage.apexp?error=invalid_scope");
  }

  @Test
  void approve_consentPageUsedTwice_worksOnce() throws Exception {
    String page = client.get(client.authorizationUrl()).body();
    String ticket = page.replaceAll("(?s).*name=\"ticket\" value=\"(\\w+)\".*", "$1");
    Map<String, String> form = Map.of("ticket", ticket, "decision", "allow");

    HttpResponse<String> first = client.post(AuthorizeEndpoint.CONSENT_PATH, form);
    HttpResponse<String> second = client.post(AuthorizeEndpoint.CONSENT_PATH, form);

    assertThat(first.statusCode()).isEqualTo(302);
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).contains("OAUTH_APPROVAL_ERROR_GENERIC");
  }

  @Test
  void authorize_approvesAutomatically_redirectsAtOnce() throws Exception {
    try (FakeSalesforce other = FakeSalesforce.builder().approveAutomatically(true).start()) {
      SalesforceClient otherClient = new SalesforceClient(other);

      HttpResponse<String> response = otherClient.get(otherClient.authorizationUrl());

      assertThat(response.statusCode()).isEqualTo(302);
    }
  }

  @Test
  void approve_urlOfAnotherHost_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                salesforce.approve(
                    URI.create("https://login.salesforce.example/services/oauth2/authorize")));
  }
}
