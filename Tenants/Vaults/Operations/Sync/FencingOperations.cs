using System.Text;
using System.Text.Json;
using Granary.Tenants.Vaults.Views;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;
using Granary.Vault.Sync;

namespace Granary.Tenants.Vaults.Operations.Sync;

/// <summary><c>issue_fencing_token</c> to <c>{token, latest_event_id, event_count}</c>: the vault's word that its log ended there.</summary>
internal sealed class IssueFencingToken() : VaultOperation("issue_fencing_token")
{
    public override AccessRights Needs => AccessRights.Write;

    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var vault = context.Backpack(Name);
        var count = context.Log.Head.Count;
        var latest = await LatestAsync(context) ?? throw OperationArguments.Wrong("The vault's last event has no id that a token could name.");
        await vault.Sealing.WaitAsync(context.Cancellation);
        try
        {
            var token = FencingToken.Issue(vault.Signer, latest, context.Time.GetUtcNow());
            return Results.Object(json =>
            {
                json.WritePropertyName("token");
                json.WriteRawValue(token, skipInputValidation: true);
                json.WriteString("latest_event_id", latest);
                json.WriteNumber("event_count", count);
            });
        }
        finally
        {
            vault.Sealing.Release();
        }
    }

    /// <summary>The id of the log's last event.</summary>
    internal static async Task<string?> LatestAsync(VaultOperationContext context)
    {
        var lines = (await context.Log.ReadAsync(LogStream.Events, context.Log.Head.Count - 1, 1, 1, context.Cancellation)).Lines;
        using var scratch = new PooledBuffer(4096);
        return lines.Count > 0 && EventFields.TryRead(lines[0].Span, scratch, out var fields) ? EventFields.Text(fields.Id) : null;
    }
}

/// <summary>
/// <c>check_fencing_token</c>: <c>token</c>, <c>latest</c> (true: the log must not have gone on), <c>max_age_seconds</c> to <c>{valid, reason}</c>.
/// </summary>
internal sealed class CheckFencingToken() : VaultOperation("check_fencing_token")
{
    public override async Task<VaultResult> RunAsync(VaultOperationContext context)
    {
        var vault = context.Backpack(Name).Vault;
        var token = Token(context.Arguments);
        var latest = context.Arguments.Flag("latest", otherwise: true);
        var age = context.Arguments.Find("max_age_seconds") is null
            ? (TimeSpan?)null
            : TimeSpan.FromSeconds(context.Arguments.Number("max_age_seconds", 0, 1, int.MaxValue));
        var known = !latest && FencingToken.EventOf(token) is { Length: > 0 and < 256 } id && await context.FindEventAsync(id) is not null;
        var rules = new FencingRules { LatestEventId = latest ? await IssueFencingToken.LatestAsync(context) ?? "" : null, MaxAge = age };
        var problem = FencingToken.FindProblem(
            token, id => vault.Registry.Find(id) is { IsActive: true } key ? key.Key : null, _ => known, context.Time.GetUtcNow(), rules);
        return Results.Object(json =>
        {
            json.WriteBoolean("valid", problem is null);
            json.WriteText("reason", problem);
        });
    }

    private static byte[] Token(OperationArguments arguments) => arguments.Find("token") switch
    {
        { ValueKind: JsonValueKind.Object } token => Encoding.UTF8.GetBytes(token.GetRawText()),
        { ValueKind: JsonValueKind.String } => Encoding.UTF8.GetBytes(arguments.Required("token")),
        _ => throw OperationArguments.Wrong("token is required: the object that issue_fencing_token returned."),
    };
}
