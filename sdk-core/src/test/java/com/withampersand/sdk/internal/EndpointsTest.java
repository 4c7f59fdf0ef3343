package com.withampersand.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.salesforce.com/services/oauth2/token",
        "HTTPS://LOGIN.SALESFORCE.COM/token",
        "https://login.example.com:8443/token?tenant=1",
        "https://127.0.0.1.evil.com/token",
        "http://localhost:8080/token",
        "HTTP://LocalHost:8080/token",
        "http://127.0.0.1/token",
        "http://127.8.9.10:9/token",
        "http://[::1]:8080/token"
      })
  void requireSafe_httpsOrLoopback_isReturned(String uri) {
    URI endpoint = URI.create(uri);

    assertThat(Endpoints.requireSafe(endpoint, "token endpoint")).isSameAs(endpoint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.salesforce.com/token",
        "http://127.0.0.1.evil.com/token",
        "http://localhost.evil.com/token",
        "http://evil-localhost/token",
        "http://localhost./token",
        "http://127.1/token",
        "http://127.0.0.evil/token",
        "http://1270.0.1/token",
        "http://2130706433/token",
        "http://0.0.0.0/token",
        "http://[::]/token",
        "http://[::2]/token",
        "http://[::ffff:10.0.0.1]/token",
        "http://localhost@evil.com/token",
        "http://127.0.0.1@evil.com/token",
        "ftp://login.example.com/token",
        "httpss://login.example.com/token",
        "file:///etc/passwd",
        "mailto:ada@example.com",
        "//login.example.com/token",
        "/token",
        "token",
        "",
        "https:login.example.com",
        "https:///token",
        "https://under_score.example.com/token",
        "https://user@:443/token"
      })
  void requireSafe_anythingElse_isRefusedByName(String uri) {
    URI endpoint = URI.create(uri);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoints.requireSafe(endpoint, "token endpoint"))
        .withMessageStartingWith("the token endpoint has to be an absolute https URI");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:hunter22@login.example.com/token",
        "https://login.salesforce.com@evil.com/token",
        "https://login.example.com/token#hunter22",
        "https://login.example.com/token#",
        "http://user:hunter22@localhost/token"
      })
  void requireSafe_userInfoOrFragment_isRefusedWithoutPrintingIt(String uri) {
    URI endpoint = URI.create(uri);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoints.requireSafe(endpoint, "token endpoint"))
        .withMessageStartingWith("the token endpoint must have neither user info nor fragment")
        .withMessageNotContaining("hunter22");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost/cb",
        "http://LOCALHOST:8080/cb",
        "https://localhost/cb",
        "http://127.0.0.1/cb",
        "http://127.255.255.254/cb",
        "http://[::1]/cb"
      })
  void isLoopback_thisMachine_isTrue(String uri) {
    assertThat(Endpoints.isLoopback(URI.create(uri))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1.evil.com/cb",
        "http://localhost.evil.com/cb",
        "http://localhost@evil.com/cb",
        "http://127.1/cb",
        "http://127.0.0.1.5/cb",
        "http://[::2]/cb",
        "http://128.0.0.1/cb",
        "/cb",
        "mailto:ada@example.com"
      })
  void isLoopback_anythingElse_isFalse(String uri) {
    assertThat(Endpoints.isLoopback(URI.create(uri))).isFalse();
  }
}
