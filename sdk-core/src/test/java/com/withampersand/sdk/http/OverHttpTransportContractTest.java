package com.withampersand.sdk.http;

import com.withampersand.sdk.contract.HttpTransportContract;
import java.net.http.HttpClient;

class OverHttpTransportContractTest implements HttpTransportContract {
  @Override
  public HttpTransport transport() {
    return HttpTransport.over(HttpClient.newHttpClient());
  }
}
