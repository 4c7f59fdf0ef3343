package com.withampersand.sdk.spring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.salesforce.error.SalesforceRefusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A response of which the beginning was read if it is a refusal, to judge it. */
final class JudgedResponse implements ClientHttpResponse {
  private static final int FIRST_REFUSAL = 400;
  private static final int LONGEST = 1 << 16;

  private final ClientHttpResponse response;
  private final byte[] beginning;

  private JudgedResponse(ClientHttpResponse response, byte[] beginning) {
    this.response = response;
    this.beginning = beginning;
  }

  /** Takes a response over, also to close it if it cannot be read. */
  static JudgedResponse of(ClientHttpResponse response) throws IOException {
    try {
      return new JudgedResponse(response, beginning(response));
    } catch (IOException | RuntimeException e) {
      response.close();
      throw e;
    }
  }

  private static byte[] beginning(ClientHttpResponse response) throws IOException {
    boolean isRefusal = response.getStatusCode().value() >= FIRST_REFUSAL;
    return isRefusal ? response.getBody().readNBytes(LONGEST) : new byte[0];
  }

  /** Tells whether a refresh fixes it; then it is closed, since the call is made again. */
  boolean isGivenUp() {
    boolean isFixed = isFixedByRefresh();
    if (isFixed) {
      close();
    }
    return isFixed;
  }

  private boolean isFixedByRefresh() {
    try {
      int status = response.getStatusCode().value();
      return status >= FIRST_REFUSAL
          && SalesforceRefusal.of(status, challenges(), new String(beginning, UTF_8))
              .isFixedByRefresh();
    } catch (IOException e) {
      return false; // the caller meets the same failure when it reads
    }
  }

  private java.net.http.HttpHeaders challenges() {
    List<String> values = response.getHeaders().getOrEmpty(HttpHeaders.WWW_AUTHENTICATE);
    return java.net.http.HttpHeaders.of(
        Map.of(HttpHeaders.WWW_AUTHENTICATE, values), (name, value) -> true);
  }

  @Override
  public HttpStatusCode getStatusCode() throws IOException {
    return response.getStatusCode();
  }

  @Override
  public String getStatusText() throws IOException {
    return response.getStatusText();
  }

  @Override
  public HttpHeaders getHeaders() {
    return response.getHeaders();
  }

  @Override
  public InputStream getBody() throws IOException {
    return beginning.length == 0
        ? response.getBody()
        : new SequenceInputStream(new ByteArrayInputStream(beginning), response.getBody());
  }

  @Override
  public void close() {
    response.close();
  }
}
