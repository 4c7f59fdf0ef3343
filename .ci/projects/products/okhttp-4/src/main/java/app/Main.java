package app;

import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import okhttp3.OkHttp;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Calls the fake by an OkHttp that is older than the one the SDK's own tests use. */
public final class Main {
  public static void main(String[] args) throws IOException {
    try (FakeSalesforce salesforce = FakeSalesforce.start()) {
      Request request =
          new Request.Builder()
              .url(salesforce.uri() + "/services/data/v65.0/limits")
              .header("Authorization", "Bearer " + salesforce.issueGrant().accessToken())
              .build();
      try (Response response = new OkHttpClient().newCall(request).execute()) {
        System.out.println("OkHttp " + OkHttp.VERSION + " got " + response.code());
      }
    }
  }
}
