using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Resources.Vaults;
using Granary.Tenants;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Prompts.Vaults;

/// <summary>A prompt about one vault: the task as text, and the data it starts from as a resource in the prompt.</summary>
internal abstract class VaultPrompt(ITenants tenants, string name, string title, string description, params PromptArgument[] further) : IPrompt
{
    public Prompt Definition { get; } = new()
    {
        Name = name,
        Title = title,
        Description = description,
        Arguments =
        [
            new() { Name = "vault", Title = "Vault", Description = "Name of the vault inside your tenant, for example team/notes", Required = true },
            .. further
        ],
    };

    public IReadOnlyList<string> Categories { get; } = ["vault"];

    public string? Scope => Scopes.VaultRead;

    public async ValueTask<GetPromptResult> GetAsync(PromptCall call)
    {
        if (!VaultName.TryParse(call.Argument("vault"), out var vault, out var problem))
            throw RpcException.InvalidParams(problem.Replace("vault_path", "vault", StringComparison.Ordinal));
        var target = CallTarget.Of(Scopes.VaultRead);
        call.Require(target with { Vault = vault.Value });
        var blocks = await RenderAsync(call, vault, call.VaultOf(tenants, vault, target));
        return new GetPromptResult
        {
            Description = $"{title}: {vault}",
            Messages = [.. blocks.Select(block => new PromptMessage { Role = Role.User, Content = block })],
        };
    }

    public ValueTask<IReadOnlyList<string>> CompleteAsync(CompletionCall call) => VaultCompletion.CompleteAsync(tenants, call);

    /// <summary>The task first, then what it is about.</summary>
    protected abstract Task<IReadOnlyList<ContentBlock>> RenderAsync(PromptCall call, VaultName name, IVault vault);

    protected static PromptArgument Optional(string name, string title, string description) => new() { Name = name, Title = title, Description = description };

    protected static ContentBlock Text(string text) => new TextContentBlock { Text = text };

    protected static ContentBlock Data(VaultName vault, string path, string mimeType, string text) =>
        new EmbeddedResourceBlock { Resource = new TextResourceContents { Uri = VaultUri.Make(vault, path), MimeType = mimeType, Text = text } };

    /// <summary>An operation's result as a resource.</summary>
    protected static async Task<ContentBlock> DataAsync(VaultName name, string path, IVault vault, string operation, PromptCall call) => Data(
        name, path, "application/json", Encoding.UTF8.GetString((await vault.RunAsync(new VaultCall(operation, default), null, call.Cancellation)).Json.Span));
}
