using System.Text;
using FsCheck.Xunit;
using Granary.Tenants.Vaults.Views;

namespace Granary.Tenants.Tests.Vaults.Views;

public sealed class PositionTableTests
{
    [Property(MaxTest = 50)]
    public void Every_id_is_found_where_it_stands(ushort[] ids)
    {
        var table = new PositionTable();
        for (var i = 0; i < ids.Length; i++)
            table.Add(Id(ids[i]), i);
        foreach (var id in ids)
            table.Find(Id(id)).ShouldContain((long)Array.IndexOf(ids, id));
    }

    [Fact]
    public void It_grows_and_forgets_nothing()
    {
        var table = new PositionTable();
        for (var i = 0; i < 50_000; i++)
            table.Add(Id(i), i);
        table.Count.ShouldBe(50_000);
        for (var i = 0; i < 50_000; i += 7)
            table.Find(Id(i)).ShouldContain((long)i);
        table.Find(Id(50_001)).Count.ShouldBeLessThan(3, "other ids may share the hash, hardly ever more than one");
    }

    [Fact]
    public void Of_one_id_that_comes_again_and_again_the_first_ones_are_kept()
    {
        var table = new PositionTable();
        for (var i = 0; i < 5_000; i++)
            table.Add("same"u8, i);
        table.Find("same"u8).ShouldBe(Enumerable.Range(0, 16).Select(i => (long)i));
    }

    private static byte[] Id(int number) => Encoding.ASCII.GetBytes($"evt_{number}");
}
