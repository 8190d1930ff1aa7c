using Granary.Bench.Vaults;
using Granary.Vault.Storage;

namespace Granary.Bench.Tests.Vaults;

public class VaultShapeTests
{
    public static TheoryData<string> Formats => [.. VaultShape.All.Select(shape => shape.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_filled_vault_has_events_of_the_size_that_is_said_and_verifies(string format)
    {
        var shape = VaultShape.All.Single(s => s.Name == format);
        var folder = Directory.CreateTempSubdirectory("granary-bench-").FullName;
        try
        {
            await shape.FillAsync(VaultShape.Store(folder, "notes"), 1_100, default);
            await using var vault = await shape.OpenAsync(VaultShape.Store(folder, "notes"), default);
            (await shape.VerifyAsync(vault.Log, default)).ShouldBe(1_100);
            var page = await vault.Log.ReadAsync(LogStream.Events, 1_000, 50, int.MaxValue, default);
            page.Lines.Average(line => line.Length).ShouldBe(shape.EventBytes, tolerance: 8);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
