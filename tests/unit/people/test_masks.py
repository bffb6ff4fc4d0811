import pytest

from domain.people.masks import mask_address, mask_contact, mask_identity_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("湖北省荆州市石首市桃花山镇鹿角头村二组15号", "湖北省荆州市石首市桃花山镇鹿角头村***"),
        ("桃花山镇二组15号", "桃花山镇***"),
        ("幸福小区3栋", "***"),
        ("二组15号", "***"),
    ],
)
def test_an_address_keeps_its_division_alone(address: str, masked: str) -> None:
    assert mask_address(address) == masked


def test_a_given_division_is_kept() -> None:
    assert mask_address("笔架山街道徐家铺12号", "笔架山街道徐家铺") == "笔架山街道徐家铺***"


def test_names_and_numbers() -> None:
    assert (mask_name("张三丰"), mask_name("张")) == ("张**", "张*")
    assert (mask_phone("13812341234"), mask_phone("5212345")) == ("138****1234", "*****45")
    assert mask_identity_number("421081198811250122") == "4210**********0122"
    assert mask_contact("张三 13812341234") == "张* 138****1234"
    assert mask_contact("13812341234") == "138****1234"
