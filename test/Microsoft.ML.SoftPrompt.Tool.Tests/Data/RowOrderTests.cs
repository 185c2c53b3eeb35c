using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class RowOrderTests
{
    private static InputTable Table(params string[] order) =>
        new("query", null, ["t", "host"], order.Select((cell, i) => new InputRow(i + 1, cell.Split('@') is [var key, var host] ? [key, host] : [cell, ""])).ToArray()) { RowNoun = "row" };

    private static long[] Sorted(string? group, params string[] order) => RowOrder.Sort(Table(order), "t", group).Rows.Select(row => row.Number).ToArray();

    [Fact]
    public void Numbers_sort_as_numbers_and_large_ones_are_told_apart()
    {
        Sorted(null, "10", "9", "-1.5", "1E+3", "1600000000000000001", "1600000000000000000").Should().Equal(3, 2, 1, 4, 6, 5);
    }

    [Fact]
    public void Times_sort_as_instants_whatever_their_zone()
    {
        Sorted(null, "2020-01-01T12:00:00+02:00", "2020-01-01 11:00", "2020-01-01T09:59:59Z").Should().Equal(3, 1, 2);
    }

    [Fact]
    public void Rows_of_different_series_may_be_equal_and_keep_their_order()
    {
        Sorted("host", "2@a", "1@b", "1@a", "2@b").Should().Equal(2, 3, 1, 4);
    }

    [Theory]
    [InlineData("query, row 3, column 't': found '1.0', as in row 1: --order would leave it open which comes first. Name a column*--group*", null, "1", "2", "1.0")]
    [InlineData("query, row 3, column 't': found '1', as in row 1 in the series 'a' of column 'host':*", "host", "1@a", "1@b", "1@a")]
    [InlineData("query, row 2, column 't': found '2020-01-01T01:00:00+01:00', as in row 1*", null, "2020-01-01", "2020-01-01T01:00:00+01:00")]
    [InlineData("query, row 2, column 't': found no value where a number*", null, "1", "")]
    [InlineData("query, row 2, column 't': found '2020-01-01' where a number*", null, "1", "2020-01-01")]
    [InlineData("query, row 2, column 't': found '1' where a time, as in the first row,*", null, "2020-01-01", "1")]
    [InlineData("query, row 1, column 't': found '3/14/2020' where a number, or in every row a time such as 2014-04-10 07:15:00,*", null, "3/14/2020")]
    public void Refuses_what_leaves_the_order_open(string message, string? group, params string[] order)
    {
        FluentActions.Invoking(() => Sorted(group, order)).Should().Throw<ToolException>().WithMessage(message);
    }

    [Fact]
    public void An_unknown_column_is_refused_with_those_there_are()
    {
        FluentActions.Invoking(() => RowOrder.Sort(Table("1"), "time", null)).Should().Throw<ToolException>().WithMessage("query has no column 'time' (--order). Its columns are: t, host.");
    }

    [Fact]
    public void Any_order_of_the_rows_comes_out_the_same()
    {
        Prop.ForAll<NonEmptyArray<long>, int>((numbers, seed) =>
        {
            long[] keys = [.. numbers.Get.Distinct()], shuffled = [.. keys];
            new Random(seed).Shuffle(shuffled);

            RowOrder.Sort(Table(shuffled.Select(key => $"{key}").ToArray()), "t", null).Rows.Select(row => row.Cells[0]).Should().Equal(keys.Order().Select(key => $"{key}"));
        }).QuickCheckThrowOnFailure();
    }
}
