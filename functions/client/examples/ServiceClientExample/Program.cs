// Lists the accounts of a customer's Dynamics 365 environment, with ServiceClient and a token provider.
// Install: the .NET 8 SDK; the package Microsoft.PowerPlatform.Dataverse.Client comes with the first run.
// Run: dotnet run
using System.Net.Http.Json;
using Microsoft.PowerPlatform.Dataverse.Client;
using Microsoft.Xrm.Sdk.Query;

try
{
    var url = Setting("DYNAMICS_CONNECT_URL");
    var http = new HttpClient { BaseAddress = new Uri(url) };
    http.DefaultRequestHeaders.Add("X-Account", Setting("DYNAMICS_CONNECT_ACCOUNT"));
    async Task<Token> TokenAsync()
    {
        var answer = await http.PostAsync("/oauth/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = Setting("DYNAMICS_CONNECT_CLIENT_ID"),
            ["client_secret"] = Setting("DYNAMICS_CONNECT_CLIENT_SECRET"),
        }));
        var bearer = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Bearer>();
        http.DefaultRequestHeaders.Authorization = new("Bearer", bearer!.access_token);
        var connection = $"/v1.0/account/connectors/{Setting("DYNAMICS_CONNECT_CONNECTION")}";
        return (await http.GetFromJsonAsync<Token>($"{connection}/token"))!;
    }
    using var dataverse = new ServiceClient(
        new Uri((await TokenAsync()).Resource), async _ => (await TokenAsync()).AccessToken);
    var query = new QueryExpression("account") { ColumnSet = new ColumnSet("name") };
    foreach (var account in (await dataverse.RetrieveMultipleAsync(query)).Entities)
        Console.WriteLine(account.GetAttributeValue<string>("name"));
}
catch (Exception error)
{
    Console.Error.WriteLine(error.Message);
    Environment.ExitCode = 1;
}
string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new ArgumentException($"Set {name}.");
record Token(string AccessToken, string Resource);
record Bearer(string access_token);
