package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The secrets of a whole connection, and the search for them in everything that is logged or said
 * on its way.
 */
class CanaryTest {
  private static final String CONSUMER_SECRET = "CANARYCONSUMERSECRET0123456789";

  private final FakeSalesforce salesforce =
      FakeSalesforce.builder().consumerSecret(CONSUMER_SECRET).start();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level usualLevel = root.getLevel();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<String> said = new ArrayList<>();

  private final SalesforceApp app =
      SalesforceApp.builder(salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
          .scopes("api", "openid", "refresh_token")
          .build();
  private final SalesforceOAuthFlow flow =
      SalesforceOAuthFlow.builder(app, LoginHost.custom(salesforce.uri())).withPkce().build();

  @BeforeEach
  void listen() {
    log.start();
    root.setLevel(Level.TRACE);
    root.addAppender(log);
  }

  @AfterEach
  void stop() {
    root.detachAppender(log);
    root.setLevel(usualLevel);
    salesforce.close();
  }

  private void say(Object value) {
    said.add(value.toString());
  }

  private void fail(ThrowingCallable call) {
    Throwable error = catchThrowable(call);
    assertThat(error).isNotNull();
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    said.add(trace.toString());
  }

  private void refreshAnswered(TokenSet tokens, String contentType, int status, String body) {
    salesforce.nextTokenRequest(Fault.respond(status, contentType, body));
    fail(() -> flow.refresh(tokens));
  }

  private void exchangeAnswered(String body) {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    salesforce.nextTokenRequest(Fault.respond(200, "application/json", body));
    fail(() -> flow.exchange(request, callback));
  }

  @Test
  void r04_wholeConnection_nothingLoggedOrSaidHoldsASecret() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    TokenSet tokens = flow.exchange(request, callback);
    TokenSet refreshed = flow.refresh(tokens);
    Stream.of(
            app,
            flow,
            request,
            request.toJson(),
            callback,
            tokens,
            refreshed,
            SalesforceTokens.of(refreshed),
            flow.userInfo(refreshed),
            flow.identity(refreshed),
            flow.introspect(refreshed))
        .forEach(this::say);
    String verifier =
        salesforce.requests("/services/oauth2/token").get(0).form("code_verifier").orElseThrow();
    String refreshToken = tokens.refreshToken().orElseThrow().reveal();
    String echo = "refresh_token=" + refreshToken + "&client_secret=" + CONSUMER_SECRET;

    fail(() -> flow.exchange(request, callback));
    fail(() -> flow.exchange(AuthorizationRequest.fromJson(request.toJson()), callback));
    refreshAnswered(
        tokens,
        "application/json",
        400,
        "{\"error\":\"invalid_grant\",\"error_description\":\"" + echo + "\"}");
    refreshAnswered(tokens, "application/json", 400, "{\"error\":\"" + echo + "\"}");
    refreshAnswered(tokens, "text/html", 503, "<html>" + echo + "</html>");
    refreshAnswered(tokens, "application/json", 200, "{\"access_token\":\"" + refreshToken);
    String signature = "CANARYSIGNATUREwHi3c0ZkqXy1t7v9A";
    salesforce.nextTokenRequest(
        Fault.respond(
            200,
            "application/json",
            "{\"access_token\":\"00Dx!new\",\"id\":\"x\",\"issued_at\":\"1\",\"signature\":\""
                + signature
                + "\"}"));
    say(flow.refresh(tokens));
    exchangeAnswered(
        "{\"access_token\":\""
            + refreshToken
            + "\",\"instance_url\":\"https://evil.com/"
            + refreshToken
            + "\"}");
    exchangeAnswered("{\"access_token\":\"" + refreshToken + "\"}");
    fail(
        () ->
            flow.userInfo(
                refreshed.toBuilder().attribute("instance_url", "https://evil.com").build()));
    salesforce.nextTokenRequest(Fault.loseAnswer());
    fail(() -> flow.refresh(tokens));
    flow.revoke(tokens);
    flow.revoke(tokens);
    fail(() -> flow.refresh(tokens));
    fail(() -> flow.userInfo(refreshed));
    say(flow.introspect(refreshed));
    fail(
        () ->
            SalesforceApp.builder(" ", CONSUMER_SECRET + " ")
                .scopes("api")
                .callback(URI.create("x"))
                .build());

    List<String> secrets =
        new ArrayList<>(
            List.of(CONSUMER_SECRET, refreshToken, verifier, signature, salesforce.username()));
    SalesforceTokens.of(tokens).signature().ifPresent(secrets::add);
    Stream.of(tokens, refreshed).forEach(set -> secrets.add(set.accessToken().reveal()));
    secrets.add(((AuthorizationCallback.Approved) callback).code().reveal());
    secrets.add(tokens.secretAttribute("id_token").orElseThrow().reveal());
    assertThat(sent()).contains(CONSUMER_SECRET, refreshToken.substring(0, 7), verifier);
    assertThat(logged()).hasSizeGreaterThan(10);
    assertThat(Stream.concat(said.stream(), logged().stream()))
        .noneMatch(text -> secrets.stream().anyMatch(text::contains));
  }

  private String sent() {
    return String.join("\n", salesforce.requests().stream().map(ReceivedRequest::body).toList());
  }

  private List<String> logged() {
    return log.list.stream()
        .map(event -> event.getFormattedMessage() + event.getThrowableProxy())
        .toList();
  }
}
