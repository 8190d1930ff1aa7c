using System.Text;
using Granary.Vault.Backpack;
using Granary.Vault.Backpack.Events;
using Granary.Vault.Tests.Support;

namespace Granary.Vault.Tests.Backpack;

/// <summary>Short ways to make and fill a vault in memory.</summary>
internal static class TestBackpack
{
    public static readonly TimeProvider Time = ScriptedTime.From(new DateTimeOffset(2026, 3, 1, 8, 0, 0, 250, TimeSpan.Zero));

    public static MemoryBackpack Create(bool quorum = true)
    {
        using var root = Fixture.Key("root");
        using var second = quorum ? Fixture.Key("quorum") : null;
        return MemoryBackpack.From(BackpackBootstrap.Create(new BackpackBirth { Root = root, Quorum = second, Uid = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee" }, Time));
    }

    public static Task<BackpackVault> OpenAsync(MemoryBackpack memory) => BackpackVault.FromAsync(memory, default);

    public static Task<BuiltBackpackEvent> NoteAsync(BackpackVault vault, string text, string actor = "agent_a") =>
        vault.AppendAsync(PreparedBackpackEvent.Create("com.example.note", Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""), actor), Time.GetUtcNow(), default);
}
