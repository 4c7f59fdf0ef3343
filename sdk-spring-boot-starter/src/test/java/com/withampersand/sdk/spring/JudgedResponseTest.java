package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

class JudgedResponseTest {
  /** A response that breaks off. */
  private static final class Broken implements ClientHttpResponse {
    private final HttpStatus status;
    private final boolean isUnchecked;
    private boolean isClosed;

    Broken(HttpStatus status, boolean isUnchecked) {
      this.status = status;
      this.isUnchecked = isUnchecked;
    }

    @Override
    public HttpStatusCode getStatusCode() throws IOException {
      if (status == HttpStatus.OK) {
        throw new IOException("no status");
      }
      return status;
    }

    @Override
    public String getStatusText() {
      return "";
    }

    @Override
    public HttpHeaders getHeaders() {
      return new HttpHeaders();
    }

    @Override
    public InputStream getBody() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          IOException failure = new IOException("connection reset");
          if (isUnchecked) {
            throw new UncheckedIOException(failure);
          }
          throw failure;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          return read();
        }
      };
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  @Test
  void of_bodyOfARefusalBreaksOff_isClosed() {
    Broken response = new Broken(HttpStatus.UNAUTHORIZED, false);

    assertThatIOException()
        .isThrownBy(() -> JudgedResponse.of(response))
        .withMessage("connection reset");
    assertThat(response.isClosed).isTrue();
  }

  @Test
  void of_clientThrowsSomethingElse_isClosed() {
    Broken response = new Broken(HttpStatus.UNAUTHORIZED, true);

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> JudgedResponse.of(response));
    assertThat(response.isClosed).isTrue();
  }

  @Test
  void of_statusCannotBeRead_isClosed() {
    Broken response = new Broken(HttpStatus.OK, false);

    assertThatIOException().isThrownBy(() -> JudgedResponse.of(response)).withMessage("no status");
    assertThat(response.isClosed).isTrue();
  }
}
