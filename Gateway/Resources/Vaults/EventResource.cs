using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Tools.Vaults;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Resources.Vaults;

/// <summary><c>vault://{name}/events/{id}</c>: one event. It does not change when others come, so nobody subscribes to it.</summary>
internal sealed class EventResource(ITenants tenants) : IResources
{
    private const string Template = "vault://{name}/events/{id}";
    private const string Prefix = "events/";

    public bool IsPrivate => true;

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public string? Scope => Scopes.VaultRead;

    private static CallTarget Target { get; } = CallTarget.Of(Scopes.VaultRead);

    public IReadOnlyList<ResourceTemplate> Templates { get; } =
    [
        new()
        {
            UriTemplate = Template, Name = "vault-event", Title = "Event of a vault", MimeType = "application/json",
            Description = "One event of a vault as it is stored. Percent-encode '/' in the name.",
        },
    ];

    public ValueTask<ResourcePage> ListAsync(ResourceCall call, string? after, int limit) => new(ResourcePage.Empty);

    public async ValueTask<ReadResourceResult?> ReadAsync(ResourceCall call)
    {
        if (!VaultUri.TryParse(call.Uri, out var name, out var path) || !path.StartsWith(Prefix, StringComparison.Ordinal)
            || !VaultUri.TryUnescape(path.AsSpan(Prefix.Length), out var id) || id.Length == 0 || id.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }
        call.Require(Target with { Vault = name.Value });
        try
        {
            using var found = await VaultJson.RunAsync(
                call.VaultOf(tenants, name, Target), "get_event", json => json.WriteString("event_id", id), call.Cancellation);
            var stored = found.RootElement.GetProperty("event").GetRawText();
            return new ReadResourceResult { Contents = [new TextResourceContents { Uri = call.Uri, MimeType = "application/json", Text = stored }] };
        }
        catch (TenantException e) when (e.Failure is TenantFailure.NotFound or TenantFailure.InvalidInput)
        {
            return null;
        }
    }

    public bool CanSubscribe(string uri) => false;

    public ValueTask<IReadOnlyList<string>> CompleteAsync(string template, CompletionCall call) => VaultCompletion.CompleteAsync(tenants, call);
}
