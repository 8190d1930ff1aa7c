using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>
/// <c>sync_vaults</c> (specification, 10.3), between two vaults of the tenant: what <c>remote</c> has and <c>local</c> lacks is appended to it, a
/// bounded piece at a time, so that neither vault is ever held as a whole. A sync that breaks off is finished by the next one.
/// </summary>
internal sealed class SyncVaultsTool(VaultAccess access) : ITool
{
    private const int PieceEvents = 1000;

    public Tool Definition { get; } = ToolDefinition.Create(
        "sync_vaults",
        "Sync vaults",
        "Append to the Backpack vault local what remote has and it lacks. Every event is checked first; none is changed or removed. Call it again with the names swapped for the other direction.",
        $$"""
        {"type":"object","properties":{
          {{VaultArgument.Property("local", "Name of the vault that is brought up to date")}},
          {{VaultArgument.Property("remote", "Name of the vault it learns from")}},
          {{SyncSchema.TrustedKeys}}
        },"required":["local","remote"]}
        """,
        """
        {"type":"object","properties":{
          "success":{"type":"boolean"},"events_merged":{"type":"integer","description":"How many events local has now"},
          "imported_count":{"type":"integer"},"rejected_count":{"type":"integer"},"new_state_hash":{"anyOf":[{"type":"string"},{"type":"null"}]},
          "fencing_token":{"type":"null","description":"None is needed: appends are fenced by the store"},
          "error_count":{"type":"integer"},"errors":{"type":"array","items":{"type":"string"}},
          "fork_count":{"type":"integer","description":"Pairs of events of one actor with the same predecessor; both are kept"}
        },"required":["success","events_merged","imported_count","rejected_count","new_state_hash","fencing_token","error_count","errors","fork_count"]}
        """,
        ToolEffect.AddsOnce.ToAnnotations());

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public string? Scope => Scopes.VaultWrite;

    public async ValueTask<ToolResult> CallAsync(ToolCall call)
    {
        if (VaultAccess.Read(call, "local", out var problem) is not { } to || VaultAccess.Read(call, "remote", out problem) is not { } from)
            return ToolResult.Error(problem!);
        if (to == from)
            return ToolResult.Error("local and remote are the same vault; name two.");
        var (write, read) = (CallTarget.Of(Scopes.VaultWrite) with { Tool = call.Name }, CallTarget.Of(Scopes.VaultRead) with { Tool = call.Name });
        call.RequireAll(write with { Vault = to.Value }, read with { Vault = from.Value });
        var local = (Vault: call.VaultOf(access.Tenants, to, write), Name: to);
        var remote = (Vault: call.VaultOf(access.Tenants, from, read), Name: from);
        foreach (var (vault, name) in ((IVault, VaultName)[])[local, remote])
        {
            try
            {
                await vault.GetHeadAsync(call.Cancellation);
            }
            catch (TenantException e) when (e.Failure == TenantFailure.NotFound)
            {
                return await VaultAccess.NotFoundAsync(vault, name, e, call.Cancellation);
            }
        }
        return await SyncAsync(call, local.Vault, remote.Vault);
    }

    private static async ValueTask<ToolResult> SyncAsync(ToolCall call, IVault local, IVault remote)
    {
        await using var progress = new ProgressRelay(call);
        var total = (await remote.GetHeadAsync(call.Cancellation)).Count;
        var sum = new Sum();
        string? since = null;
        long done = 0;
        do
        {
            using var piece = await VaultJson.RunAsync(remote, "export_delta", Piece(since), call.Cancellation);
            since = Text(piece.RootElement, "next_since");
            done += piece.RootElement.GetProperty("event_count").GetInt64();
            using var imported = await VaultJson.RunAsync(
                local, "import_delta", Import(piece.RootElement.GetProperty("delta"), call.Arguments), call.Cancellation);
            // What follows a piece that was refused hangs in the air, and would be refused as well.
            if (!sum.Add(imported.RootElement))
                break;
            progress.Report(new WorkProgress(Math.Min(done, total), total));
        }
        while (since is not null);
        using var state = await VaultJson.RunAsync(local, "export_state", _ => { }, call.Cancellation);
        return ToolResult.Object(json => sum.Write(json, state.RootElement.GetProperty("event_count").GetInt64(), Text(state.RootElement, "state_hash")));
    }

    private static Action<Utf8JsonWriter> Piece(string? since) => json =>
    {
        if (since is not null)
            json.WriteString("since_hash", since);
        json.WriteNumber("limit", PieceEvents);
    };

    private static Action<Utf8JsonWriter> Import(JsonElement delta, JsonElement arguments) => json =>
    {
        json.WritePropertyName("delta");
        delta.WriteTo(json);
        if (arguments.TryGetProperty("trusted_keys", out var keys))
        {
            json.WritePropertyName("trusted_keys");
            keys.WriteTo(json);
        }
    };

    private static string? Text(JsonElement result, string name) =>
        result.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What all pieces together did.</summary>
    private sealed class Sum
    {
        private readonly List<string> _errors = [];
        private long _imported;
        private long _rejected;
        private long _errorCount;
        private long _forks;

        /// <summary>Adds a piece; false when it was refused.</summary>
        public bool Add(JsonElement imported)
        {
            _imported += imported.GetProperty("imported_count").GetInt64();
            _rejected += imported.GetProperty("rejected_count").GetInt64();
            _errorCount += imported.GetProperty("error_count").GetInt64();
            _forks += imported.GetProperty("fork_count").GetInt64();
            _errors.AddRange(imported.GetProperty("errors").EnumerateArray().Select(e => e.GetString()!));
            return imported.GetProperty("success").GetBoolean();
        }

        public void Write(Utf8JsonWriter json, long events, string? stateHash)
        {
            json.WriteBoolean("success", _rejected == 0 && _errorCount == 0);
            json.WriteNumber("events_merged", events);
            json.WriteNumber("imported_count", _imported);
            json.WriteNumber("rejected_count", _rejected);
            json.WriteString("new_state_hash", stateHash);
            json.WriteNull("fencing_token");
            json.WriteNumber("error_count", _errorCount);
            json.WriteStartArray("errors");
            foreach (var error in _errors)
                json.WriteStringValue(error);
            json.WriteEndArray();
            json.WriteNumber("fork_count", _forks);
        }
    }
}
