using Granary.Bench.Shapes;

namespace Granary.Bench.Tests.Shapes;

public class TenantKeysTests
{
    [Fact]
    public async Task Each_numbered_request_has_the_key_of_another_tenant()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("granary-bench-").FullName, "keys.json");
        await TenantKeys.WriteAsync(path, 2, CancellationToken.None);
        var text = await File.ReadAllTextAsync(path);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        text.ShouldContain("\"tenant\":\"t10000000\"");
        text.ShouldContain("\"tenant\":\"t10000001\"");
        var request = TenantKeys.Create;
        var buffer = request.NewBuffer();
        request.Number(buffer, 0);
        System.Text.Encoding.ASCII.GetString(buffer).ShouldContain($"Bearer {TenantKeys.First}\r\n");
    }
}
