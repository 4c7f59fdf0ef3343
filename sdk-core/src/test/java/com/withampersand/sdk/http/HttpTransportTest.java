package com.withampersand.sdk.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.http.HttpTransport.Request;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTransportTest {
  private static final URI TOKEN = URI.create("https://login.example.com/token");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static Request request(String method, URI uri, Map<String, String> headers) {
    return new Request(method, uri, headers, new byte[0], TIMEOUT, 1000);
  }

  @ParameterizedTest
  @EnumSource(value = Redirect.class, names = "NEVER", mode = EnumSource.Mode.EXCLUDE)
  void over_clientThatFollowsRedirects_isRefused(Redirect redirect) {
    HttpClient client = HttpClient.newBuilder().followRedirects(redirect).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpTransport.over(client))
        .withMessageContaining("followRedirects(Redirect.NEVER)");
  }

  @Test
  void shared_calledTwice_isTheSame() {
    assertThat(HttpTransport.shared()).isSameAs(HttpTransport.shared());
  }

  @Test
  void request_whatHttpAllows_isTaken() {
    Map<String, String> headers = Map.of("X-Odd!#$%&'*+-.^_`|~09aZ", "\t a~!\"");

    Request request = request("M-SEARCH", URI.create("HTTP://[::1]:8080/?a=b"), headers);

    assertThat(request.headers()).isEqualTo(headers);
    assertThat(request).hasToString("M-SEARCH [::1]:8080/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer hunter22\n",
        "Bearer hunter22\r\nX: y",
        "hunter22\u0000",
        "hunter22\u00e9",
        "hunter22\u007f"
      })
  void request_headerValueThatHttpForbids_isRefusedAndNotQuoted(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request("GET", TOKEN, Map.of("Authorization", value)))
        .withMessageContaining("Authorization")
        .withMessageNotContaining("hunter22");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X Y", "X:", "X\n", "X\u00e9"})
  void request_headerNameThatHttpForbids_isRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request("GET", TOKEN, Map.of(name, "value")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GE T", "GET\r\n"})
  void request_methodThatHttpForbids_isRefused(String method) {
    assertThatIllegalArgumentException().isThrownBy(() -> request(method, TOKEN, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/token", "ftp://example.com/token", "https:/token", "mailto:a@b.c"})
  void request_addressWithoutWebHost_isRefused(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> request("GET", URI.create(uri), Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S"})
  void request_timeoutThatIsNotPositive_isRefused(Duration timeout) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Request("GET", TOKEN, Map.of(), new byte[0], timeout, 1000));
  }

  @Test
  void request_negativeLength_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Request("GET", TOKEN, Map.of(), new byte[0], TIMEOUT, -1));
  }
}
