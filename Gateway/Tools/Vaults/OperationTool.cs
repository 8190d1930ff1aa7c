using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Spelling;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>A tool that is one operation of a vault: its definition says everything, and the vault does it.</summary>
internal abstract class OperationTool : VaultTool
{
    private readonly OperationDefinition _is;
    private readonly ToolArguments _arguments;

    protected OperationTool(VaultAccess access, OperationDefinition definition)
        : base(access)
    {
        _is = definition;
        _arguments = new ToolArguments(definition);
        Definition = definition.ToTool();
    }

    public sealed override Tool Definition { get; }

    public override string? Scope => _is.Effect.Scope;

    public override IReadOnlyList<string> TakesAny => _is.TakesAny;

    protected override VaultArgument Argument => _is.Vault;

    protected override async ValueTask<ToolResult> CallAsync(ToolCall call, IVault vault, VaultName name)
    {
        if (_is.Check?.Invoke(call.Arguments) is { } problem)
            return ToolResult.Error(problem);
        if (_is.Effect.Scope == Scopes.VaultAdmin && Confirmation.CanAsk(call) && !await Confirmation.AskAsync(call, Sentence(call, name)))
            return ToolResult.Error(Confirmation.Refused);
        var operation = new VaultCall(_is.Operation, _arguments.Write(call.Arguments))
        {
            IdempotencyKey = _is.Effect.ReadOnly ? null : Text(call, OperationDefinition.IdempotencyKey),
        };
        var result = await RunAsync(call, vault, operation);
        return ToolResult.Json(_is.TellsVault || _is.Adds is not null ? Complete(result.Json, name) : result.Json);
    }

    /// <summary>What the person is asked about.</summary>
    private string Sentence(ToolCall call, VaultName name)
    {
        var about = (Text(call, "event_id"), Text(call, "actor")) switch
        {
            ({ } id, _) => $" {NearestName.Shorten(id)}",
            (_, { } actor) => $"s of {NearestName.Shorten(actor)}",
            _ => "",
        };
        return $"{Definition.Title}{about} in the vault '{name}'.";
    }

    private async ValueTask<VaultResult> RunAsync(ToolCall call, IVault vault, VaultCall operation)
    {
        if (!_is.IsLong)
            return await vault.RunAsync(operation, null, call.Cancellation);
        await using var progress = new ProgressRelay(call);
        return await vault.RunAsync(operation, progress, call.Cancellation);
    }

    /// <summary>Puts before the operation's members what it does not know, as the vault's name, or what only this tool tells.</summary>
    private ReadOnlyMemory<byte> Complete(ReadOnlyMemory<byte> result, VaultName name)
    {
        using var parsed = JsonDocument.Parse(result);
        return VaultJson.Write(json =>
        {
            if (_is.TellsVault)
                json.WriteString("vault_path", name.Value);
            _is.Adds?.Invoke(parsed.RootElement, json);
            foreach (var member in parsed.RootElement.EnumerateObject())
                member.WriteTo(json);
        });
    }
}
