package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** No secret is in what the starter logs. */
@ExtendWith(OutputCaptureExtension.class)
class CanaryTest {
  @Test
  void r04_wholeLife_logsNoSecret(CapturedOutput output) throws Exception {
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        WebApplication application =
            WebApplication.start(salesforce, "logging.level.com.withampersand=trace")) {
      HttpResponse<String> begun = application.begin("acme");
      URI callback = salesforce.approve(WebApplication.location(begun));
      application.back(callback, begun);
      application.back(callback, begun);
      application.bean(FreshTokens.class).refresh(Starter.ACME);
      IssuedGrant grant = salesforce.grants().get(0);
      String access = grant.accessToken();
      salesforce.revokeAll();
      assertThatThrownBy(() -> application.bean(FreshTokens.class).refresh(Starter.ACME))
          .isInstanceOf(OAuthException.class);

      assertThat(output)
          .contains("A customer was not connected: ")
          .doesNotContain(
              callback.getRawQuery(),
              access,
              grant.refreshToken(),
              salesforce.consumerSecret(),
              WebApplication.cookie(begun),
              Starter.TOKENS_KEY,
              Starter.STATES_KEY);
    }
  }
}
